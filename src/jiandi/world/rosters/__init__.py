"""What each department keeps: layouts, rows, and the mistakes of the clerks who write them."""
