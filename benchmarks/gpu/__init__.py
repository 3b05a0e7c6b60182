"""What `benchmarks/paper_gpu.py` measures on one device, and what it projects from that.

`worker` is one process that trains; `rounds` runs several at once; `flops` counts and `rate` measures the device;
`projection` is arithmetic alone, and `table` shows it.
"""
