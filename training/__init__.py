"""Make the models that ship in models/."""
