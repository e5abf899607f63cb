"""The benchmark: `make bench` measures the worker beside the engines that people would pick instead."""
