"""The same linkage on Apache Spark, for registers beyond one machine; needs the extra `spark` and a Java runtime."""

from jiandi.core.linkage.spark.run import link_on_spark
from jiandi.core.linkage.spark.scoring import similarity_jar

__all__ = ["link_on_spark", "similarity_jar"]
