import tassei
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
framework = tassei.load_framework("itss-v3-2011-customer-service")
tables = {name: spark.table(name) for name in ["people", "engagements", "certifications"]}

levels = tassei.spark.assess(tables, framework, as_of="2026-06-30")
levels.write.saveAsTable("levels")
