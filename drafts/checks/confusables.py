"""Letters of other scripts that look Latin (a working subset of Unicode TR39: what keyboards and attackers reach)."""

from __future__ import annotations

_PAIRS = (
    "АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX аa еe оo рp сc уy хx іi ІI јj ЈJ ѕs ЅS ԁd ԛq ԝw ѡw ҽe һh ӏl вb нh кk мm тt гr пn иu ьb ёe йu "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa οo ρp υu νv ιi κk τt ηn εe χx γy ωw σo "
    "ʼ' ɑa ɡg ɩi ɪi ʟl ᴏo ᴄc ѵv ᴜu ᴠv ᴡw ᴢz ⅼl ⅰi ⅴv ⅹx ⅽc ⅾd ⅿm ꓲI ꓳO օo ոn սu հh ցg զq ٠. ꞵB"
)
CONFUSABLE: dict[str, str] = {pair[0]: pair[1] for pair in _PAIRS.split()}
