"""Reads files of customers: CSV, JSON lines and Parquet behind one small interface."""

from customers.transports.base import FileReader, Record
from customers.transports.opening import open_file

__all__ = ["FileReader", "Record", "open_file"]
