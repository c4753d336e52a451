//! Every difference between the two engines that reaches SQL text, each as a named function.

/// Which engine speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The type of a column in a bulk value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Integer or null.
    Int,
    /// Text or null.
    Text,
}

impl Dialect {
    /// A table of one column `value` made from a JSON array of integers in a parameter.
    pub(crate) fn ids(self, parameter: &str) -> String {
        match self {
            Dialect::Sqlite => format!("(SELECT value FROM json_each({parameter}))"),
            Dialect::Postgres => {
                format!("(SELECT value::bigint AS value FROM json_array_elements_text({parameter}::json))")
            }
        }
    }

    /// A table of one column `value` made from a JSON array of texts in a parameter.
    pub(crate) fn texts(self, parameter: &str) -> String {
        match self {
            Dialect::Sqlite => format!("(SELECT value FROM json_each({parameter}))"),
            Dialect::Postgres => format!(
                "(SELECT value COLLATE \"C\" AS value FROM json_array_elements_text({parameter}::json))"
            ),
        }
    }

    /// The condition that a column of integers has one of the values of a JSON array in a parameter.
    pub(crate) fn among(self, column: &str, parameter: &str) -> String {
        match self {
            Dialect::Sqlite => format!("{column} IN {}", self.ids(parameter)),
            // An array, not a table: it never becomes a join that loses the order of an index.
            Dialect::Postgres => format!("{column} = ANY (ARRAY{})", self.ids(parameter)),
        }
    }

    /// The same for a column of texts.
    pub(crate) fn among_texts(self, column: &str, parameter: &str) -> String {
        match self {
            Dialect::Sqlite => format!("{column} IN {}", self.texts(parameter)),
            Dialect::Postgres => format!("{column} = ANY (ARRAY{})", self.texts(parameter)),
        }
    }

    /// A table made from a JSON array of arrays in a parameter, with named and typed columns.
    pub(crate) fn table(self, parameter: &str, columns: &[(&str, Kind)]) -> String {
        let cells: Vec<String> =
            columns.iter().enumerate().map(|(at, (name, kind))| self.cell(at, name, *kind)).collect();
        let source = match self {
            Dialect::Sqlite => format!("json_each({parameter})"),
            Dialect::Postgres => format!("json_array_elements({parameter}::json)"),
        };
        format!("(SELECT {} FROM {source})", cells.join(", "))
    }

    fn cell(self, at: usize, name: &str, kind: Kind) -> String {
        match (self, kind) {
            (Dialect::Sqlite, _) => format!("value ->> {at} AS {name}"),
            (Dialect::Postgres, Kind::Int) => format!("(value ->> {at})::bigint AS {name}"),
            (Dialect::Postgres, Kind::Text) => format!("(value ->> {at}) COLLATE \"C\" AS {name}"),
        }
    }

    /// The integers of a group as one text with commas between them.
    pub(crate) fn joined(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("group_concat({column})"),
            Dialect::Postgres => format!("string_agg({column}::text, ',')"),
        }
    }

    /// A member of a text that holds a JSON object, as JSON text; NULL where it has none.
    pub(crate) fn member(self, column: &str, name: &str) -> String {
        match self {
            Dialect::Sqlite => format!("{column} -> '$.{name}'"),
            Dialect::Postgres => format!("({column}::json -> '{name}')::text"),
        }
    }

    /// What follows `SELECT … LIMIT` so that two claimers never choose the same row. SQLite has one writer.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// What follows a `SELECT` whose rows nobody else may change until the end of the transaction. SQLite has one
    /// writer.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR NO KEY UPDATE",
        }
    }

    /// What follows a `SELECT` whose rows nobody may change until the end of the transaction, while others may do the
    /// same. SQLite has one writer.
    pub(crate) fn for_share(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR SHARE",
        }
    }

    /// Rows `inner` (a query over `finding g` that may name `p.value`) for each id of the bulk parameter, joined to
    /// `finding f`: the first few of each product by an index, then merged.
    pub(crate) fn first_of_each(self, parameter: &str, inner: &str) -> String {
        let ids = self.ids(parameter);
        match self {
            // A correlated subquery with LIMIT is run once for each product; its rowids lead to the rows.
            Dialect::Sqlite => format!("{ids} p CROSS JOIN finding f ON f.id IN ({inner})"),
            Dialect::Postgres => {
                format!("{ids} p CROSS JOIN LATERAL ({inner}) c JOIN finding f ON f.id = c.id")
            }
        }
    }

    /// A join whose left side is walked first: SQLite keeps to it, PostgreSQL sees that by itself.
    pub(crate) fn then_join(self) -> &'static str {
        match self {
            Dialect::Sqlite => "CROSS JOIN",
            Dialect::Postgres => "JOIN",
        }
    }

    /// What follows a table so that SQLite takes this index, whatever it believes about the data.
    pub(crate) fn by_index(self, index: &str) -> String {
        match self {
            Dialect::Sqlite => format!(" INDEXED BY {index}"),
            Dialect::Postgres => String::new(),
        }
    }

    /// Keeps the optimiser from using an index on this column in a condition.
    pub(crate) fn no_index(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("+{column}"),
            Dialect::Postgres => format!("({column} + 0)"),
        }
    }

    /// The same for a column of texts.
    pub(crate) fn no_index_text(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("+{column}"),
            Dialect::Postgres => format!("({column} || '')"),
        }
    }

    /// The question for the names of all tables, migrations' own included, in order.
    pub fn table_names(self) -> &'static str {
        match self {
            Dialect::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            Dialect::Postgres => {
                "SELECT table_name::text COLLATE \"C\" FROM information_schema.tables
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"
            }
        }
    }

    /// The question for (column, is integer, may be null) of table `$1`, in order of the name.
    pub fn columns(self) -> &'static str {
        match self {
            Dialect::Sqlite => {
                "SELECT name, type = 'INTEGER', \"notnull\" = 0 AND pk = 0 FROM pragma_table_info($1) ORDER BY name"
            }
            Dialect::Postgres => {
                "SELECT column_name::text COLLATE \"C\", (data_type IN ('bigint', 'smallint', 'integer'))::int::bigint,
                        (is_nullable = 'YES')::int::bigint
                 FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY 1"
            }
        }
    }

    /// The question for (index name, is unique) of the indexes that we named ourselves, in order.
    pub fn indexes(self) -> &'static str {
        match self {
            Dialect::Sqlite => {
                "SELECT i.name, l.\"unique\" FROM sqlite_schema i JOIN pragma_index_list(i.tbl_name) l ON l.name = i.name
                 WHERE i.type = 'index' AND i.sql IS NOT NULL ORDER BY i.name"
            }
            Dialect::Postgres => {
                "SELECT c.relname::text COLLATE \"C\", x.indisunique::int::bigint FROM pg_index x
                 JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relname NOT LIKE '%\\_pkey' AND c.relname NOT LIKE '%\\_key'
                 ORDER BY 1"
            }
        }
    }

    /// After rows with given ids: the next id of a table follows the greatest. SQLite knows that by itself.
    pub(crate) fn follow_ids(self, table: &str) -> Option<String> {
        match self {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), 1))"
            )),
        }
    }

    /// Refreshes what the optimiser knows of the data.
    pub(crate) fn analyse(self) -> &'static str {
        match self {
            // Bounded: a full look at millions of rows would hold the writer for seconds.
            Dialect::Sqlite => "PRAGMA analysis_limit = 1000; ANALYZE",
            // Swept, too: only pages known to hold nothing old are answered from an index alone.
            Dialect::Postgres => "VACUUM (ANALYZE)",
        }
    }
}
