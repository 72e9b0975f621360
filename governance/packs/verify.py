"""Checks an audit pack of Collections Desk. Needs Python 3.8 or newer and nothing else; openssl, where there is one, for the signatures.

    python verify.py [public.pem]

Run it in the folder the pack was unpacked into. It checks that no file was changed, added or removed (manifest and SHA256SUMS), that the
events of each stream follow one another (every hash computed again), that each stream stood under the Merkle root of a checkpoint, that the
texts and messages are those the events name by hash, and the Ed25519 signatures. Give the public key you hold yourself to check against it
instead of the one in the pack. Exit code 0: everything that was checked holds. 1: something does not.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from json.encoder import encode_basestring as quoted

HERE = os.path.dirname(os.path.abspath(__file__))
GENESIS = "0" * 64
OUTSIDE = ("manifest.json", "manifest.sig", "SHA256SUMS")


class Findings:
    """What was checked and what does not hold."""

    def __init__(self) -> None:
        self.wrong = 0

    def say(self, words: str) -> None:
        """One line for the reader."""
        sys.stdout.buffer.write((words + "\n").encode("utf-8", "backslashreplace"))

    def fault(self, words: str) -> None:
        """Something that does not hold."""
        self.wrong += 1
        self.say("WRONG  " + words)


def path_of(name: str) -> str:
    """The file of the pack with this name."""
    return os.path.join(HERE, *name.split("/"))


def read(name: str) -> bytes:
    """The bytes of one file; none when it is not there."""
    try:
        with open(path_of(name), "rb") as file:
            return file.read()
    except OSError:
        return b""


def digest_of(name: str) -> str:
    """Hex SHA-256 of one file; empty when it is not there."""
    found = hashlib.sha256()
    try:
        with open(path_of(name), "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                found.update(block)
    except OSError:
        return ""
    return found.hexdigest()


def present() -> set[str]:
    """Every file there is, by its name in the pack."""
    names = set()
    for folder, _, files in os.walk(HERE):
        for name in files:
            whole = os.path.relpath(os.path.join(folder, name), HERE).replace(os.sep, "/")
            if not whole.endswith(".pyc"):
                names.add(whole)
    return names


def check_files(manifest: dict, found: Findings) -> None:
    """Every file is the one of the manifest, and there is no other."""
    listed = {one["path"]: one for one in manifest["files"]}
    for name in sorted(listed):
        actual = digest_of(name)
        if not actual:
            found.fault(name + " is missing")
        elif actual != listed[name]["sha256"]:
            found.fault(name + " was changed")
    for name in sorted(present() - set(listed) - set(OUTSIDE)):
        found.fault(name + " does not belong to this pack")
    expected = [(one["sha256"], name) for name, one in listed.items()]
    expected += [(digest_of(name), name) for name in OUTSIDE[:2] if digest_of(name)]
    lines = "".join(f"{digest}  {name}\n" for digest, name in sorted(expected, key=lambda pair: pair[1]))
    if read("SHA256SUMS") != lines.encode():
        found.fault("SHA256SUMS is not the list of the files of the manifest")
    found.say(f"files: {len(listed)} looked at")


def event_hash(event: dict) -> str:
    """The chained hash: SHA-256 over the canonical JSON of the event with the hash of the one before. With roles: its second form."""
    actor = "null" if event["actor"] is None else str(event["actor"])
    texts = [quoted(event[name]) for name in ("prev_hash", "stream")]
    texts += [str(event["number"]), quoted(event["action"]), actor, quoted(event["subject"]), quoted(event["at"]), quoted(event["data"])]
    if event.get("roles"):
        texts = ["2", *texts, quoted(event["roles"])]
    return hashlib.sha256(("[" + ",".join(texts) + "]").encode()).hexdigest()


def check_stream(stream: dict, found: Findings) -> dict[int, dict]:
    """The events of one stream follow one another from the first on. Returns them by number."""
    events: dict[int, dict] = {}
    last, number = GENESIS, 0
    for line in read(stream["file"]).splitlines():
        event = json.loads(line)
        number += 1
        if event["stream"] != stream["stream"] or event["number"] != number:
            found.fault(f"{stream['stream']}: event {number} is missing or out of order")
            return events
        if event["prev_hash"] != last or event_hash(event) != event["hash"]:
            found.fault(f"{stream['stream']}: the chain is broken at event {number}")
            return events
        last = event["hash"]
        events[number] = event
    if number != stream["events"] or last != stream["head"]:
        found.fault(f"{stream['stream']}: {stream['events']} events were exported, {number} are there")
    return events


def proven(line: bytes, steps: list, root: str) -> bool:
    """True when the line was a leaf under the Merkle root (RFC 6962)."""
    digest = hashlib.sha256(b"\x00" + line).digest()
    for side, neighbour in steps:
        other = bytes.fromhex(neighbour)
        digest = hashlib.sha256(b"\x01" + (other + digest if side == "left" else digest + other)).digest()
    return digest.hex() == root


def check_proof(stream: dict, events: dict[int, dict], root: str, found: Findings) -> None:
    """The head of the stream at the checkpoint is an event of the pack and stood under the signed root."""
    if not stream.get("proof"):
        found.say(f"{stream['stream']}: not under a checkpoint ({stream.get('why', 'no reason given')})")
        return
    proof = json.loads(read(stream["proof"]))
    name, number, digest = json.loads(proof["line"])
    if name != stream["stream"] or events.get(number, {}).get("hash") != digest:
        found.fault(f"{stream['stream']}: the checkpoint names another event {number}")
    elif not proven(proof["line"].encode(), proof["steps"], root):
        found.fault(f"{stream['stream']}: its head is not under the root of the checkpoint")
    elif number < len(events):
        found.say(f"{stream['stream']}: events 1 to {number} of {len(events)} are under the checkpoint, the rest is newer")


def check_bindings(bindings: list, streams: dict[str, dict[int, dict]], found: Findings) -> None:
    """Texts and messages have the hash that an event named when they were approved or scheduled."""
    for one in bindings:
        event = streams.get(one["stream"], {}).get(one["number"])
        named = json.loads(event["data"]).get(one["key"]) if event else None
        if named is None or named != digest_of(one["file"]):
            found.fault(f"{one['file']} is not what event {one['number']} of {one['stream']} names")
    found.say(f"texts and messages named by events: {len(bindings)} looked at")


def check_signature(name: str, signature: str, keys: list[str], found: Findings) -> None:
    """The Ed25519 signature of one file, by the openssl command."""
    openssl = shutil.which("openssl")
    if not openssl:
        found.say(f"{name}: signature not checked, there is no openssl on this machine")
        return
    for key in keys:
        command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", path_of(name), "-sigfile", path_of(signature)]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:  # noqa: S603  openssl over files of this pack
            found.say(f"{name}: the signature holds ({os.path.basename(key)})")
            return
    found.fault(f"{name}: the signature does not hold")


def check_ledger(manifest: dict, keys: list[str], found: Findings) -> None:
    """Chains, proofs, checkpoint, bindings."""
    ledger = manifest["ledger"]
    statement, root = ledger.get("checkpoint"), ""
    if statement:
        told = json.loads(read(statement))
        root = told["root"]
        found.say(f"checkpoint {told['number']} of {told['at']}: {told['streams']} streams, {told['events']} events")
        check_signature(statement, statement[: -len(".json")] + ".sig", keys, found)
    else:
        found.say("no checkpoint is in this pack: " + ledger.get("why", ""))
    streams = {}
    for stream in ledger["streams"]:
        events = check_stream(stream, found)
        streams[stream["stream"]] = events
        check_proof(stream, events, root, found)
    found.say(f"streams: {len(streams)} with {sum(map(len, streams.values()))} events, every hash computed again")
    check_bindings(json.loads(read("bindings.json")), streams, found)


def main(arguments: list[str]) -> int:
    """Check the pack this script lies in."""
    found = Findings()
    try:
        manifest = json.loads(read("manifest.json"))
        check_files(manifest, found)
        keys = [os.path.abspath(one) for one in arguments] or [path_of(one) for one in manifest["keys"]]
        check_ledger(manifest, keys, found)
        check_signature("manifest.json", "manifest.sig", keys, found)
        found.say(f"made {manifest['made_at']} by {manifest['made_by']}, profile {manifest['profile']}")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        found.fault(f"this is not a whole pack: {type(error).__name__} {error}")
    found.say("Everything that was checked holds." if not found.wrong else f"{found.wrong} faults. Do not rely on this pack.")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
