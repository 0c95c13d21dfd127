import dask.dataframe as dd
import tassei

framework = tassei.load_framework("itss-v3-2011-customer-service")
tables = {name: dd.read_parquet(f"evidence/{name}/") for name in ["people", "engagements"]}

levels = tassei.dask.assess(tables, framework, as_of="2026-06-30")
levels.to_parquet("levels/", write_index=False)
