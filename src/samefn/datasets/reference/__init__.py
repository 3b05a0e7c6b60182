"""Reference data sets: MNIST, Fashion-MNIST, CIFAR-10, CIFAR-100 and scikit-learn's digits."""
