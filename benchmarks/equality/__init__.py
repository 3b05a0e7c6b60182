"""What `benchmarks/keras_equal.py` compares: Keras's nets and ours with the same weights.

Keras's side (`keras_peer`) needs Keras and NumPy alone, because it runs in a virtual environment without samefn.
"""
