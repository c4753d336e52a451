//! The two folders of migrations make the same tables.

use sqlx::{Connection, Row};
use store::{Dialect, MIGRATIONS, Store};

use crate::harness::{on_both, postgres_url, run};

#[test]
fn both_folders_have_the_same_files() {
    let names = |engine: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let listed: Vec<String> = MIGRATIONS.iter().map(|step| format!("{}.sql", step.name)).collect();
    assert_eq!(names("sqlite"), listed);
    assert_eq!(names("postgres"), listed);
}

/// Tables with columns (name, is integer, may be null) and named indexes, as text.
fn sqlite_schema() -> String {
    run(async {
        let mut line = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for step in MIGRATIONS {
            sqlx::raw_sql(step.text(Dialect::Sqlite)).execute(&mut line).await.unwrap();
        }
        let mut text = String::new();
        for table in sqlx::query(Dialect::Sqlite.table_names()).fetch_all(&mut line).await.unwrap() {
            let table: String = table.get(0);
            let columns =
                sqlx::query(Dialect::Sqlite.columns()).bind(&table).fetch_all(&mut line).await.unwrap();
            for column in columns {
                let line = (column.get::<String, _>(0), column.get::<i64, _>(1), column.get::<i64, _>(2));
                text.push_str(&format!("{table}: {line:?}\n"));
            }
        }
        for index in sqlx::query(Dialect::Sqlite.indexes()).fetch_all(&mut line).await.unwrap() {
            text.push_str(&format!("{:?}\n", (index.get::<String, _>(0), index.get::<i64, _>(1))));
        }
        text
    })
}

fn postgres_schema(url: &str) -> String {
    run(async {
        let mut line = sqlx::PgConnection::connect(url).await.unwrap();
        for step in MIGRATIONS {
            sqlx::raw_sql(step.text(Dialect::Postgres)).execute(&mut line).await.unwrap();
        }
        let mut text = String::new();
        for table in sqlx::query(Dialect::Postgres.table_names()).fetch_all(&mut line).await.unwrap() {
            let table: String = table.get(0);
            let columns =
                sqlx::query(Dialect::Postgres.columns()).bind(&table).fetch_all(&mut line).await.unwrap();
            for column in columns {
                let line = (column.get::<String, _>(0), column.get::<i64, _>(1), column.get::<i64, _>(2));
                text.push_str(&format!("{table}: {line:?}\n"));
            }
        }
        for index in sqlx::query(Dialect::Postgres.indexes()).fetch_all(&mut line).await.unwrap() {
            text.push_str(&format!("{:?}\n", (index.get::<String, _>(0), index.get::<i64, _>(1))));
        }
        text
    })
}

#[test]
fn both_engines_get_the_same_tables() {
    let sqlite = sqlite_schema();
    assert!(sqlite.contains("finding: (\"input_hash\", 1, 0)"), "{sqlite}");
    let Some(url) = run(postgres_url()) else {
        eprintln!("skipped on PostgreSQL: PATCHWRIGHT_TEST_POSTGRES is not set");
        return;
    };
    assert_eq!(sqlite, postgres_schema(&url));
}

#[test]
fn every_table_is_copied() {
    let schema = sqlite_schema();
    let tables: std::collections::BTreeSet<&str> =
        schema.lines().filter_map(|line| line.split_once(": ")).map(|(table, _)| table).collect();
    let copied: std::collections::BTreeSet<&str> =
        store::copy::TABLES.iter().map(|(table, _)| *table).collect();
    assert_eq!(tables, copied);
}

#[test]
fn opening_twice_changes_nothing_and_a_foreign_url_is_refused() {
    on_both(|store| async move { store.close().await });
    run(async {
        let error = Store::open("mysql://root@host/x").await.unwrap_err();
        assert!(error.to_string().contains("sqlite:FILE"), "{error}");
        assert!(Store::open("sqlite::memory:").await.unwrap_err().to_string().contains("name of a file"));
        assert!(Store::open("sqlite:/no/such/folder/x.db").await.is_err());
    });
}

#[test]
fn a_schema_of_a_newer_program_is_refused() {
    run(async {
        let folder = std::env::temp_dir().join(format!("patchwright newer%20?#{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let url = store::sqlite_url(&folder.join("x.db"));
        Store::open(&url).await.unwrap().close().await;
        assert!(folder.join("x.db").exists(), "the name is taken as it is");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("x.db"));
        let mut line = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql("INSERT INTO migration VALUES ('9999_later', '')").execute(&mut line).await.unwrap();
        line.close().await.unwrap();
        let error = Store::open(&url).await.unwrap_err();
        assert!(error.to_string().contains("9999_later"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    });
}

#[test]
fn stores_that_open_together_agree() {
    run(async {
        let Some(url) = postgres_url().await else { return };
        let opening: Vec<_> = (0..3)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { Store::open(&url).await.map(|_| ()) })
            })
            .collect();
        for opened in opening {
            opened.await.unwrap().unwrap();
        }
    });
}
