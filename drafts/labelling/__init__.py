"""Random samples labelled blind: which disputes the detector missed, and which messages left with a defect."""
