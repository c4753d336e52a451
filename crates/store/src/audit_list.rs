//! The log across its chains: the product chains of a scope, and the organisation's own where the scope is whole.

use crate::audit::{Audited, COLUMNS, read};
use crate::database::dialect::Kind;
use crate::database::{Value, bulk, ints};
use crate::error::Result;
use crate::page::Order;
use crate::release_component::containing;
use crate::{Listed, Look, Page, Scope};

/// Which entries; an empty list does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By these actors (`person/5`).
    pub actors: Vec<String>,
    /// These acts (`decision.made`).
    pub acts: Vec<String>,
    /// Of these products.
    pub products: Vec<i64>,
    /// On these subjects (`finding/12`).
    pub subjects: Vec<String>,
    /// A part of actor, act, subject or body.
    pub text: String,
}

impl AuditFilter {
    fn is_by_chain(&self) -> bool {
        self.actors.is_empty() && self.acts.is_empty() && self.subjects.is_empty() && self.text.is_empty()
    }
}

impl Look {
    /// A page of the log over all chains that the scope reaches, by time; of one moment by chain and number.
    pub async fn audit_list(
        &mut self,
        scope: &Scope,
        filter: &AuditFilter,
        is_newest_first: bool,
        page: &Page,
    ) -> Result<Listed<Audited>> {
        let mut chains = self.reach(scope).await?;
        if scope.is_whole() {
            chains.push(0);
        }
        chains.retain(|chain| filter.products.is_empty() || filter.products.contains(chain));
        let dialect = self.line.dialect();
        let mut values: Vec<Value> = vec![scope.organisation.into(), ints(chains)];
        let mut which = format!("organisation = $1 AND product IN {}", dialect.ids("$2"));
        let lists = [("actor", &filter.actors), ("act", &filter.acts), ("subject", &filter.subjects)];
        for (column, wanted) in lists.into_iter().filter(|(_, wanted)| !wanted.is_empty()) {
            values.push(bulk(wanted)?);
            which.push_str(&format!(" AND {column} IN {}", dialect.texts(&format!("${}", values.len()))));
        }
        if !filter.text.is_empty() {
            values.push(containing(&filter.text).into());
            let like = |column| format!("lower({column}) LIKE ${} ESCAPE '\\'", values.len());
            let columns = ["actor", "act", "subject", "body"].map(like);
            which.push_str(&format!(" AND ({})", columns.join(" OR ")));
        }
        // A chain has no gaps: its last number is how many entries it has.
        let total = if filter.is_by_chain() {
            format!(
                "SELECT CAST(coalesce(sum((SELECT max(seq) FROM audit a WHERE a.organisation = $1 AND a.product = p.value)), 0)
                 AS BIGINT) FROM {} p",
                dialect.ids("$2")
            )
        } else {
            format!("SELECT count(*) FROM audit WHERE {which}")
        };
        let total = self.line.int(total, &values).await?.unsigned_abs();
        let columns = ["at", "product", "seq"].map(|name| (name.to_owned(), Kind::Int)).to_vec();
        let word = if is_newest_first { "newest" } else { "oldest" };
        let span = Order { word: word.to_owned(), columns, descending: is_newest_first }.span(page)?;
        let beyond = span.condition(&mut values);
        let sql = format!(
            "SELECT {COLUMNS} FROM audit WHERE {which}{beyond} ORDER BY {} LIMIT {}",
            span.order(),
            span.rows()
        );
        let rows: Result<Vec<Audited>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        Ok(span.cut(rows?, total, |one| {
            vec![one.entry.at.into(), one.entry.product.unwrap_or(0).into(), one.seq.into()]
        }))
    }
}
