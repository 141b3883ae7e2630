"""The same linkage on Apache Spark, for registers beyond one machine; all but `dialect` needs the extra `spark` and Java."""
