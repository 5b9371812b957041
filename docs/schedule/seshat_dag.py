"""A DAG for Airflow 2.4 or later: the models each hour, the data tests after them.

Put it into the folder of DAGs. The worker has Node and, in PROJECT, the project with its node_modules: `npm ci` when it is
deployed. PROJECT has to stay between runs, since target/ in it says what a run has done.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator

PROJECT = "/srv/web"

with DAG(
    dag_id="seshat_web",
    schedule="10 * * * *",
    start_date=datetime(2024, 1, 1),
    # One run takes on whatever has arrived since the last one that succeeded, so none has to be made up for.
    catchup=False,
    # A second run would only be turned away by the lock.
    max_active_runs=1,
    default_args={
        "cwd": PROJECT,
        "append_env": True,
        # The password for profiles.yml: {{ env_var('PGPASSWORD') }}. Airflow masks what comes from a connection.
        "env": {"PGPASSWORD": "{{ conn.seshat.password }}"},
    },
) as dag:
    # To run again is always right: what was committed stays, and the rest is computed once more. So a retry of Airflow needs
    # no retry of Seshat, and an exit code 3, another run holds the lock, only waits.
    run = BashOperator(
        task_id="run",
        bash_command="npx --no-install seshat run --until-caught-up --no-color",
        retries=3,
        retry_delay=timedelta(minutes=5),
        execution_timeout=timedelta(hours=3),
    )
    # A law that is broken stays broken: no retry.
    test = BashOperator(
        task_id="test",
        bash_command="npx --no-install seshat test --no-color",
        retries=0,
    )
    run >> test
