//! Decisions of people, each with its whole history. A decision is never overwritten by data: a new state is a new
//! version beside the old one, made by somebody who has seen the old one.
//!
//! The text of a decision is written and read by `formats` (the same entry as in a decisions file); the columns hold
//! what is asked for.

use model::decision::DecisionState;

use crate::database::{Row, Value};
use crate::error::{Error, Result};
use crate::page::Order;
use crate::{Change, Listed, Look, Moment, Page, Scope};

/// A decision as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: i64,
    /// The product whose people made it; `None` = the whole organisation.
    pub product: Option<i64>,
    /// Its name, unique in the organisation (`D-12`).
    pub name: String,
    /// Display id of the vulnerability.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// State.
    pub state: DecisionState,
    /// Decisions made by one deed share this; empty = made alone.
    pub bulk: String,
    /// Counts its changes, from 1. An edit names the version it was made on.
    pub version: i64,
    /// Person who decided.
    pub author: i64,
    /// Second person; `None` = nobody yet.
    pub reviewer: Option<i64>,
    /// When it was made.
    pub created: Moment,
    /// When it changed last.
    pub changed: Moment,
    /// When it ends.
    pub expires: Moment,
    /// The whole decision as text.
    pub body: String,
}

/// A new decision, or a new version of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionText {
    /// The product; `None` = the whole organisation.
    pub product: Option<i64>,
    /// Its name.
    pub name: String,
    /// Display id of the vulnerability.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// State.
    pub state: DecisionState,
    /// Shared by decisions of one deed.
    pub bulk: String,
    /// Person who decided.
    pub author: i64,
    /// Second person.
    pub reviewer: Option<i64>,
    /// When it ends.
    pub expires: Moment,
    /// The whole decision as text.
    pub body: String,
}

/// One step of a decision's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionStep {
    /// The version it made.
    pub version: i64,
    /// What was done (`made`, `approved`, `overtaken`, `withdrawn`, `undone`).
    pub act: String,
    /// Who (`person/5`, `rule kernel-not-compiled@3`, `system`).
    pub actor: String,
    /// Why, in words.
    pub note: String,
    /// When.
    pub at: Moment,
    /// The state then.
    pub state: DecisionState,
    /// The text then.
    pub body: String,
}

/// Who does something, what, and why.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// What is done.
    pub act: &'a str,
    /// Who.
    pub actor: &'a str,
    /// Why, in words.
    pub note: &'a str,
    /// When.
    pub at: Moment,
}

/// Which decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Of one product.
    pub product: Option<i64>,
    /// About one vulnerability.
    pub vulnerability: Option<String>,
    /// Made by one deed.
    pub bulk: Option<String>,
    /// In these states; empty = any.
    pub states: Vec<DecisionState>,
}

const COLUMNS: &str = "d.id, d.product, d.name, d.vulnerability, d.component, d.state, d.bulk, d.version, d.author, \
                       d.reviewer, d.created, d.changed, d.expires, d.body";

fn read(row: &Row) -> Result<Decision> {
    Ok(Decision {
        id: row.int(0)?,
        product: Some(row.int(1)?).filter(|id| *id != 0),
        name: row.text(2)?,
        vulnerability: row.text(3)?,
        component: row.text(4)?,
        state: state(&row.text(5)?)?,
        bulk: row.text(6)?,
        version: row.int(7)?,
        author: row.int(8)?,
        reviewer: Some(row.int(9)?).filter(|id| *id != 0),
        created: row.moment(10)?,
        changed: row.moment(11)?,
        expires: row.moment(12)?,
        body: row.text(13)?,
    })
}

fn state(word: &str) -> Result<DecisionState> {
    DecisionState::parse(word).ok_or_else(|| Error::Broken(format!("unknown decision state {word}")))
}

impl Look {
    /// One decision.
    pub async fn decision(&mut self, scope: &Scope, id: i64) -> Result<Option<Decision>> {
        let sql = format!("SELECT {COLUMNS} FROM decision d WHERE d.id = $1 AND d.organisation = $2");
        let row = self.line.row(sql, &[id.into(), scope.organisation.into()]).await?;
        let decision = row.as_ref().map(read).transpose()?;
        Ok(decision.filter(|decision| decision.product.is_none_or(|product| scope.allows(product))))
    }

    /// One decision by its name.
    pub async fn decision_by_name(&mut self, scope: &Scope, name: &str) -> Result<Option<Decision>> {
        let sql = format!("SELECT {COLUMNS} FROM decision d WHERE d.name = $1 AND d.organisation = $2");
        let row = self.line.row(sql, &[name.into(), scope.organisation.into()]).await?;
        let decision = row.as_ref().map(read).transpose()?;
        Ok(decision.filter(|decision| decision.product.is_none_or(|product| scope.allows(product))))
    }

    /// Decisions about any of these vulnerabilities that wait for a second person or were overtaken.
    pub async fn decisions_about(&mut self, scope: &Scope, names: &[String]) -> Result<Vec<Decision>> {
        let dialect = self.line.dialect();
        let sql = format!(
            "SELECT {COLUMNS} FROM decision d WHERE d.organisation = $1 AND d.state IN ('proposed', 'overtaken')
             AND {} ORDER BY d.id",
            dialect.among_texts("d.vulnerability", "$2")
        );
        let values = [scope.organisation.into(), crate::database::bulk(names)?];
        let rows: Result<Vec<Decision>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        let is_ours = |one: &Decision| one.product.is_none_or(|product| scope.allows(product));
        Ok(rows?.into_iter().filter(is_ours).collect())
    }

    /// A page of decisions, newest first. Those of the whole organisation are seen by everybody in it.
    pub async fn decisions(
        &mut self,
        scope: &Scope,
        filter: &DecisionFilter,
        page: &Page,
    ) -> Result<Listed<Decision>> {
        let mut products = self.reach(scope).await?;
        products.push(0);
        products.retain(|id| filter.product.is_none_or(|wanted| wanted == *id));
        let dialect = self.line.dialect();
        let states: Vec<&str> = filter.states.iter().map(|state| state.word()).collect();
        let which = format!(
            "FROM decision d WHERE d.organisation = $1 AND d.product IN {} AND ($3 = '' OR d.vulnerability = $3)
             AND ($4 = '' OR d.bulk = $4) AND ($5 = 0 OR d.state IN {})",
            dialect.ids("$2"),
            dialect.texts("$6")
        );
        let mut values: Vec<Value> = vec![
            scope.organisation.into(),
            crate::database::ints(products),
            filter.vulnerability.as_deref().unwrap_or_default().into(),
            filter.bulk.as_deref().unwrap_or_default().into(),
            (!states.is_empty()).into(),
            crate::database::bulk(&states)?,
        ];
        let total = self.line.int(format!("SELECT count(*) {which}"), &values).await?;
        let span = Order::newest("d.id").span(page)?;
        let beyond = span.condition(&mut values);
        let sql = format!("SELECT {COLUMNS} {which}{beyond} ORDER BY {} LIMIT {}", span.order(), span.rows());
        let rows: Result<Vec<Decision>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        Ok(span.cut(rows?, total.unsigned_abs(), |decision| vec![decision.id.into()]))
    }

    /// Every state that a decision ever had, oldest first.
    pub async fn decision_history(&mut self, scope: &Scope, id: i64) -> Result<Vec<DecisionStep>> {
        if self.decision(scope, id).await?.is_none() {
            return Err(Error::NotFound(format!("decision {id}")));
        }
        let sql =
            "SELECT version, act, actor, note, at, state, body FROM decision_history WHERE decision = $1
                   ORDER BY version";
        let rows = self.line.rows(sql, &[id.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(DecisionStep {
                    version: row.int(0)?,
                    act: row.text(1)?,
                    actor: row.text(2)?,
                    note: row.text(3)?,
                    at: row.moment(4)?,
                    state: state(&row.text(5)?)?,
                    body: row.text(6)?,
                })
            })
            .collect()
    }
}

impl Change {
    /// The next free number of names that begin so (`D-2026-`). Whoever asks holds the organisation's row until the
    /// end, so that two never get the same.
    pub async fn next_decision_number(&mut self, scope: &Scope, prefix: &str) -> Result<u64> {
        let lock = format!("SELECT id FROM organisation WHERE id = $1{}", self.line.dialect().for_update());
        self.line.rows(lock, &[scope.organisation.into()]).await?;
        let sql = "SELECT name FROM decision WHERE organisation = $1 AND name >= $2 AND name < $3";
        // The character after `-` and all digits ends the range; names compare byte by byte in both engines.
        let values = [scope.organisation.into(), prefix.into(), format!("{prefix}:").into()];
        let rows = self.line.rows(sql, &values).await?;
        let numbers =
            rows.iter().filter_map(|row| row.text(0).ok()?.strip_prefix(prefix)?.parse::<u64>().ok());
        Ok(numbers.max().unwrap_or(0).saturating_add(1))
    }

    /// Adds a decision and returns the id. `Conflict` when the name is taken.
    pub async fn add_decision(&mut self, scope: &Scope, text: &DecisionText, act: &Act<'_>) -> Result<i64> {
        self.check_decision(scope, text.product).await?;
        let id = self
            .line
            .int(
                "INSERT INTO decision (organisation, product, name, vulnerability, component, state, bulk, version,
                     author, reviewer, created, changed, expires, body)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $10, $11, $12) RETURNING id",
                &[
                    scope.organisation.into(),
                    text.product.unwrap_or(0).into(),
                    (&text.name).into(),
                    (&text.vulnerability).into(),
                    (&text.component).into(),
                    text.state.word().into(),
                    (&text.bulk).into(),
                    text.author.into(),
                    text.reviewer.unwrap_or(0).into(),
                    act.at.into(),
                    text.expires.into(),
                    (&text.body).into(),
                ],
            )
            .await?;
        self.note_step(id, 1, text.state, &text.body, act).await?;
        Ok(id)
    }

    /// Writes the next version of a decision; the one before stays in the history. `seen` is the version on which the
    /// edit was made: `Conflict` when somebody was faster. A step that states do not allow is `Invalid`. Returns the
    /// new version.
    pub async fn change_decision(
        &mut self,
        scope: &Scope,
        id: i64,
        seen: i64,
        text: &DecisionText,
        act: &Act<'_>,
    ) -> Result<i64> {
        self.check_decision(scope, text.product).await?;
        let now = self.decision(scope, id).await?.ok_or_else(|| Error::NotFound(format!("decision {id}")))?;
        if now.state != text.state && !now.state.may_become(text.state) {
            return Err(Error::Invalid(format!(
                "decision {} is {} and cannot become {}",
                now.name,
                now.state.word(),
                text.state.word()
            )));
        }
        let sql =
            "UPDATE decision SET product = $1, vulnerability = $2, component = $3, state = $4, bulk = $5,
                       version = version + 1, reviewer = $6, changed = $7, expires = $8, body = $9
                   WHERE id = $10 AND version = $11";
        let values: [Value; 11] = [
            text.product.unwrap_or(0).into(),
            (&text.vulnerability).into(),
            (&text.component).into(),
            text.state.word().into(),
            (&text.bulk).into(),
            text.reviewer.unwrap_or(0).into(),
            act.at.into(),
            text.expires.into(),
            (&text.body).into(),
            id.into(),
            seen.into(),
        ];
        if self.line.run(sql, &values).await? == 0 {
            return Err(Error::Conflict(format!("decision {} was changed meanwhile; look again", now.name)));
        }
        self.note_step(id, seen + 1, text.state, &text.body, act).await?;
        Ok(seen + 1)
    }

    /// Takes back everything that one deed decided, as new steps; returns the decisions touched. What was superseded,
    /// withdrawn or has expired meanwhile stays as it is.
    pub async fn undo_decisions(&mut self, scope: &Scope, bulk: &str, act: &Act<'_>) -> Result<Vec<i64>> {
        if bulk.is_empty() {
            return Err(Error::Invalid("a deed has a name".to_owned()));
        }
        let filter = DecisionFilter { bulk: Some(bulk.to_owned()), ..DecisionFilter::default() };
        let mut page = Page { after: None, limit: 1000 };
        let mut touched = Vec::new();
        loop {
            let listed = self.decisions(scope, &filter, &page).await?;
            for decision in listed.rows {
                if decision.state.may_become(DecisionState::Withdrawn) {
                    self.withdraw(&decision, act).await?;
                    touched.push(decision.id);
                }
            }
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return Ok(touched),
            }
        }
    }

    async fn withdraw(&mut self, decision: &Decision, act: &Act<'_>) -> Result<()> {
        let sql = "UPDATE decision SET state = $1, version = version + 1, changed = $2 WHERE id = $3 AND version = $4";
        let word = DecisionState::Withdrawn.word();
        let values = [word.into(), act.at.into(), decision.id.into(), decision.version.into()];
        if self.line.run(sql, &values).await? == 0 {
            return Err(Error::Conflict(format!(
                "decision {} was changed meanwhile; look again",
                decision.name
            )));
        }
        self.note_step(decision.id, decision.version + 1, DecisionState::Withdrawn, &decision.body, act).await
    }

    async fn check_decision(&mut self, scope: &Scope, product: Option<i64>) -> Result<()> {
        match product {
            Some(product) => self.must_reach(scope, product).await,
            None if scope.is_whole() => Ok(()),
            None => {
                Err(Error::Invalid("a decision for all products needs a scope that reaches all".to_owned()))
            }
        }
    }

    async fn note_step(
        &mut self,
        id: i64,
        version: i64,
        state: DecisionState,
        body: &str,
        act: &Act<'_>,
    ) -> Result<()> {
        self.line
            .run(
                "INSERT INTO decision_history (decision, version, act, actor, note, at, state, body)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    id.into(),
                    version.into(),
                    act.act.into(),
                    act.actor.into(),
                    act.note.into(),
                    act.at.into(),
                    state.word().into(),
                    body.into(),
                ],
            )
            .await?;
        Ok(())
    }
}
