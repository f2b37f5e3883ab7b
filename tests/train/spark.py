#!/usr/bin/env python3
"""Runs the SQL of `regulars train` on Spark and on DuckDB over the same orders, and compares every table.

  python tests/train/spark.py [ORDERS PRODUCTS [MIN_BUYERS]]

Without arguments it takes the synthetic sample. Needs Java, pyspark 3.4 or later and duckdb; not part of `make test`.
"""
import sys
import tempfile
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
SQL = sorted((ROOT / "src/cli/train/sql").glob("*.sql"))
SAMPLE = """
  CREATE TABLE products AS SELECT id, department, category, kind FROM read_csv('{products}');
  CREATE TABLE lines AS SELECT CAST(member AS VARCHAR) AS member, basket, epoch_ms(CAST(moment AS TIMESTAMP)) AS moment, id, CAST(quantity AS BIGINT) AS quantity,
    CAST(round(paid * 100 / nullif(quantity, 0)) AS BIGINT) AS price FROM read_csv('{orders}') WHERE member IS NOT NULL;
"""
JOURNEY = """
  CREATE TABLE products AS SELECT CAST(product_id AS VARCHAR) AS id, department, product_category AS category, product_category || ': ' || product_type AS kind
    FROM '{products}' WHERE product_category IS NOT NULL AND department <> 'FUEL';
  CREATE TABLE lines AS SELECT CAST(household_id AS VARCHAR) AS member, CAST(basket_id AS VARCHAR) AS basket, epoch_ms(transaction_timestamp) AS moment,
    CAST(product_id AS VARCHAR) AS id, quantity, TRY_CAST(round((sales_value + coupon_match_disc) * 100 / nullif(quantity, 0)) AS BIGINT) AS price FROM '{orders}';
"""


def main(orders: str, products: str, minimum: int, load: str) -> None:
    duck = duckdb.connect()
    duck.execute(load.format(orders=orders, products=products))
    duck.execute(f"""CREATE TABLE settings AS SELECT max(moment) + 1 AS until, CAST(86400000 AS BIGINT) AS day, CAST({minimum} AS BIGINT) AS min_buyers,
                     CAST(20 AS BIGINT) AS neighbours, CAST(30 AS DOUBLE) AS half_life FROM lines""")
    with tempfile.TemporaryDirectory() as work:
        spark = (SparkSession.builder.master("local[2]").config("spark.sql.warehouse.dir", f"{work}/tables").config("spark.driver.memory", "6g")
                 .config("spark.sql.shuffle.partitions", "8").config("spark.sql.legacy.createHiveTableByDefault", "false").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false").getOrCreate())
        spark.sparkContext.setLogLevel("ERROR")
        for table in ("lines", "products", "settings"):
            duck.execute(f"COPY {table} TO '{work}/{table}.parquet'")
            spark.read.parquet(f"{work}/{table}.parquet").createOrReplaceTempView(table)
        spark.sql("CREATE DATABASE trained")
        spark.sql("USE trained")
        for file in SQL:
            text = file.read_text()
            table = text.split("CREATE TABLE ", 1)[1].split()[0]
            duck.execute(text)
            spark.sql(text)
            ours = duck.sql(f"SELECT * FROM {table}")
            spark.table(table).write.mode("overwrite").parquet(f"{work}/{table}")
            columns = [f'"{name}"' for name in ours.columns]
            # Whole numbers and texts must be equal; other numbers may differ in the last places of a double.
            same = ", ".join(f"CASE WHEN typeof({name}) IN ('DOUBLE', 'FLOAT') THEN CAST(round(CAST({name} AS DOUBLE), 9) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END AS {name}" for name in columns)
            theirs = f"read_parquet('{work}/{table}/*.parquet')"
            apart = duck.sql(f"SELECT count(*) FROM ((SELECT {same} FROM {table} EXCEPT ALL SELECT {same} FROM {theirs}) UNION ALL (SELECT {same} FROM {theirs} EXCEPT ALL SELECT {same} FROM {table}))").fetchall()[0][0]
            rows = duck.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            print(f"{file.name}: {rows} rows, {apart} differ", flush=True)
            if apart:
                print(duck.sql(f"SELECT {same} FROM {table} EXCEPT ALL SELECT {same} FROM {theirs} LIMIT 5"))
                print(duck.sql(f"SELECT {same} FROM {theirs} EXCEPT ALL SELECT {same} FROM {table} LIMIT 5"))
                sys.exit(1)
        spark.stop()


if __name__ == "__main__":
    given = sys.argv[1:]
    if len(given) >= 2:
        main(given[0], given[1], int(given[2]) if len(given) > 2 else 1, JOURNEY)
    else:
        main(str(ROOT / "tests/sample/orders.csv"), str(ROOT / "tests/sample/products.csv"), 1, SAMPLE)
