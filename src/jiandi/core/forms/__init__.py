"""The forms the field fills in: read strictly, checked in sentences, written back byte for byte alike."""
