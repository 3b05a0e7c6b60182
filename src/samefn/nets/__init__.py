"""The paper's architectures, a file for each, the user's own nets, and weights from checkpoints."""
