//! Every name known, every kind fitting: checked once, before the first evaluation.
//!
//! While it checks, it rewrites: `finding.component.role` becomes one name that is asked for as a whole, `has(x)` and
//! literals that need understanding become names too. So an evaluation builds no objects.

use std::collections::BTreeSet;

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr, SourceInfo};

use super::Fault;
use super::kinds::{Kind, Vocabulary, nearest};
use super::values::{HAS, PREPARED_NAME, Prepared};

/// The deepest tree that is evaluated.
const MOST_TREE: usize = 64;

/// What the check found out.
pub(super) struct Checked {
    /// Literals understood at load.
    pub prepared: Vec<Prepared>,
    /// Whether it goes over lists.
    pub has_loops: bool,
    /// The variables read.
    pub uses: BTreeSet<String>,
}

/// Checks a tree and rewrites its names. It must be a condition.
pub(super) fn check(
    tree: &mut IdedExpr,
    source: &str,
    info: &SourceInfo,
    vocabulary: &Vocabulary,
) -> Result<Checked, Fault> {
    let mut checker = Checker {
        vocabulary,
        source,
        info,
        scope: Vec::new(),
        depth: 0,
        checked: Checked { prepared: Vec::new(), has_loops: false, uses: BTreeSet::new() },
    };
    let kind = checker.kind(tree)?;
    match kind {
        Kind::Bool => Ok(checker.checked),
        other => Err(Fault::at(
            0,
            source.trim_end().len(),
            format!("the result is {}, not true or false", other.told()),
        )
        .hint("compare it with something")),
    }
}

pub(super) struct Checker<'c> {
    pub(super) vocabulary: &'c Vocabulary,
    pub(super) source: &'c str,
    pub(super) info: &'c SourceInfo,
    /// Names of loops, the innermost last.
    scope: Vec<(String, Kind)>,
    depth: usize,
    pub(super) checked: Checked,
}

impl Checker<'_> {
    /// The kind of an expression.
    pub(super) fn kind(&mut self, expr: &mut IdedExpr) -> Result<Kind, Fault> {
        self.depth += 1;
        if self.depth > MOST_TREE {
            return Err(
                self.fault(expr.id, format!("the expression is nested deeper than {MOST_TREE} steps here"))
            );
        }
        let kind = self.kind_of(expr);
        self.depth -= 1;
        kind
    }

    fn kind_of(&mut self, expr: &mut IdedExpr) -> Result<Kind, Fault> {
        let id = expr.id;
        match &mut expr.expr {
            Expr::Literal(literal) => self.literal(id, literal),
            Expr::Ident(_) | Expr::Select(_) => self.name(expr),
            Expr::Call(_) => self.call(expr),
            Expr::List(list) => {
                let mut element = Kind::Nothing;
                for entry in &mut list.elements {
                    let kind = self.kind(entry)?;
                    element = self.joined(entry.id, element, kind)?;
                }
                Ok(Kind::List(Box::new(element)))
            }
            Expr::Map(map) => {
                let mut value = Kind::Nothing;
                for entry in &mut map.entries {
                    let EntryExpr::MapEntry(pair) = &mut entry.expr else {
                        return Err(self.fault(entry.id, "a map has pairs of key and value".to_owned()));
                    };
                    let key = self.kind(&mut pair.key)?;
                    if !key.is_text() {
                        return Err(self.fault(pair.key.id, "the keys of a map are texts".to_owned()));
                    }
                    let kind = self.kind(&mut pair.value)?;
                    value = self.joined(pair.value.id, value, kind)?;
                }
                Ok(Kind::Map(Box::new(value)))
            }
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Struct(_) => Err(self.fault(id, "objects cannot be made here".to_owned())),
            Expr::Unspecified => Err(self.fault(id, "there is nothing here".to_owned())),
        }
    }

    fn literal(&self, id: u64, literal: &LiteralValue) -> Result<Kind, Fault> {
        Ok(match literal {
            LiteralValue::Boolean(_) => Kind::Bool,
            LiteralValue::Int(_) => Kind::Int,
            LiteralValue::Double(_) => Kind::Double,
            LiteralValue::String(_) => Kind::Text,
            LiteralValue::Null => Kind::Null,
            LiteralValue::UInt(_) => {
                return Err(self.fault(id, "numbers are written without u".to_owned()));
            }
            LiteralValue::Bytes(_) => {
                return Err(self.fault(id, "bytes are not used here; write a text".to_owned()));
            }
        })
    }

    /// The common kind of the entries of a list.
    fn joined(&self, id: u64, known: Kind, kind: Kind) -> Result<Kind, Fault> {
        match (known, kind) {
            (Kind::Nothing, kind) => Ok(kind),
            (known, kind) if known.is_like(&kind) => Ok(match (&known, &kind) {
                (Kind::Word(_), Kind::Text) => Kind::Text,
                _ => known,
            }),
            (known, kind) => {
                let why = format!("{} in a list of {}", kind.told(), known.told());
                Err(self.fault(id, why))
            }
        }
    }

    fn comprehension(&mut self, loops: &mut ComprehensionExpr) -> Result<Kind, Fault> {
        self.checked.has_loops = true;
        let range = self.kind(&mut loops.iter_range)?;
        let element = match range {
            Kind::List(element) => *element,
            Kind::Map(_) => Kind::Text,
            other => {
                let why = format!("{} is no list", other.told());
                return Err(self.fault(loops.iter_range.id, why));
            }
        };
        let start = self.kind(&mut loops.accu_init)?;
        let inside = self.scope.len();
        self.scope.push((loops.iter_var.clone(), element));
        if let Some(second) = &loops.iter_var2 {
            self.scope.push((second.clone(), Kind::Nothing));
        }
        self.scope.push((loops.accu_var.clone(), start));
        self.kind(&mut loops.loop_cond)?;
        let step = self.kind(&mut loops.loop_step)?;
        if let Some((_, accumulated)) = self.scope.last_mut() {
            *accumulated = step;
        }
        let result = self.kind(&mut loops.result);
        self.scope.truncate(inside);
        result
    }

    /// A name, or a part of something.
    fn name(&mut self, expr: &mut IdedExpr) -> Result<Kind, Fault> {
        if let Some((root, segments)) = path(expr)
            && !self.scope.iter().any(|(name, _)| Some(name) == segments.first())
        {
            let is_test = matches!(&expr.expr, Expr::Select(select) if select.test);
            return self.variable(expr, root, &segments, is_test);
        }
        let id = expr.id;
        match &mut expr.expr {
            Expr::Ident(name) => {
                let known = self.scope.iter().rev().find(|(known, _)| known == name);
                let unknown = || format!("unknown name `{name}`");
                known.map(|(_, kind)| kind.clone()).ok_or_else(|| self.fault(id, unknown()))
            }
            Expr::Select(select) => self.part(id, select),
            _ => Err(self.fault(id, "a name belongs here".to_owned())),
        }
    }

    /// A part of a record or a map.
    fn part(&mut self, id: u64, select: &mut SelectExpr) -> Result<Kind, Fault> {
        let of = self.kind(&mut select.operand)?;
        let found = match &of {
            Kind::Record(_, parts) => {
                parts.iter().find(|part| part.name == select.field).map(|part| part.kind.clone())
            }
            Kind::Map(value) => Some((**value).clone()),
            _ => None,
        };
        if let Some(kind) = found {
            return Ok(if select.test { Kind::Bool } else { kind });
        }
        let why = format!("{} has no part `{}`", of.told(), select.field);
        let hint = match &of {
            Kind::Record(_, parts) => {
                let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
                suggestion(nearest(&select.field, names.iter().copied()))
                    .unwrap_or_else(|| format!("it has {}", names.join(", ")))
            }
            _ => String::new(),
        };
        let operand = self.start(select.operand.id);
        let rest = self.source.get(operand..).unwrap_or_default();
        let at = rest.find(&format!(".{}", select.field)).map_or(self.start(id), |found| operand + found + 1);
        Err(Fault::at(at, select.field.len(), why).hint(hint))
    }

    /// A variable of the vocabulary, written as a path.
    fn variable(
        &mut self,
        expr: &mut IdedExpr,
        root: u64,
        segments: &[String],
        is_test: bool,
    ) -> Result<Kind, Fault> {
        let name = segments.join(".");
        if let Some(variable) = self.vocabulary.find(&name) {
            let kind = variable.kind.clone();
            self.checked.uses.insert(name.clone());
            expr.expr = Expr::Ident(if is_test { format!("{HAS}{name}") } else { name });
            return Ok(if is_test { Kind::Bool } else { kind });
        }
        if is_test && self.vocabulary.is_group(&name) {
            let why = format!("has() asks for one value, and `{name}` is a group of them");
            return Err(self.at_path(root, segments, 0, why).hint(self.inside(&name)));
        }
        if let Some(why) = self.vocabulary.why_missing(&name) {
            return Err(self.at_path(root, segments, 0, format!("`{name}` is not known here: {why}")));
        }
        if self.vocabulary.is_group(&name) {
            let why = format!("`{name}` is a group of values, not a value");
            return Err(self.at_path(root, segments, 0, why).hint(self.inside(&name)));
        }
        Err(self.unknown(root, segments))
    }

    fn unknown(&self, root: u64, segments: &[String]) -> Fault {
        let known = (1..segments.len()).rev().find(|end| {
            let prefix = segments.get(..*end).unwrap_or_default().join(".");
            self.vocabulary.is_group(&prefix) || self.vocabulary.find(&prefix).is_some()
        });
        let from = known.unwrap_or(0);
        let name = segments.join(".");
        let prefix = segments.get(..from).unwrap_or_default().join(".");
        if let Some(variable) = self.vocabulary.find(&prefix) {
            let why = format!("`{prefix}` is {} and has no parts", variable.kind.told());
            return self.at_path(root, segments, from, why);
        }
        let names = self.vocabulary.variables.iter().map(|variable| variable.name);
        let near = nearest(&name, names.clone()).or_else(|| {
            // The last word may be right, and its place wrong.
            let last = segments.last().map_or("", String::as_str);
            names.clone().find(|known| known.rsplit('.').next() == Some(last))
        });
        let hint = suggestion(near).unwrap_or_else(|| self.inside(&prefix));
        self.at_path(root, segments, from, format!("unknown variable `{name}`")).hint(hint)
    }

    /// The names of a group, for a hint.
    fn inside(&self, group: &str) -> String {
        let names = self.vocabulary.variables.iter().map(|variable| variable.name);
        let inside: Vec<&str> = match group {
            "" => names.filter(|name| !name.contains('.')).collect(),
            group => names
                .filter(|name| name.strip_prefix(group).is_some_and(|rest| rest.starts_with('.')))
                .collect(),
        };
        format!("known here: {}", inside.join(", "))
    }

    /// A fault at a segment of a path.
    fn at_path(&self, root: u64, segments: &[String], from: usize, why: String) -> Fault {
        let start = self.start(root);
        let name = segments.join(".");
        let written = self.source.get(start..).unwrap_or_default();
        if !written.starts_with(&name) {
            return Fault::at(start, segments.first().map_or(1, String::len), why);
        }
        let skipped: usize = segments.iter().take(from).map(|segment| segment.len() + 1).sum();
        Fault::at(start + skipped, name.len() - skipped, why)
    }

    /// A prepared literal takes the place of what was written.
    pub(super) fn prepared(&mut self, expr: &mut IdedExpr, prepared: Prepared) {
        let number = self.checked.prepared.len();
        self.checked.prepared.push(prepared);
        expr.expr = Expr::Ident(format!("{PREPARED_NAME}{number}"));
    }

    /// Where an expression begins.
    pub(super) fn start(&self, id: u64) -> usize {
        self.info.offset_for(id).map_or(0, |(start, _)| super::place::byte_of(self.source, start))
    }

    /// A fault at an expression.
    pub(super) fn fault(&self, id: u64, why: String) -> Fault {
        let span = self.info.offset_for(id).map(|(start, stop)| {
            let start = super::place::byte_of(self.source, start);
            (start, super::place::byte_of(self.source, stop).saturating_sub(start) + 1)
        });
        let (start, length) = span.unwrap_or((0, 1));
        Fault::at(start, length, why)
    }
}

/// `did you mean …?`
pub(super) fn suggestion(near: Option<&str>) -> Option<String> {
    near.map(|near| format!("did you mean `{near}`?"))
}

/// A chain of selections that begins with a name: (the name's id, its segments).
fn path(expr: &IdedExpr) -> Option<(u64, Vec<String>)> {
    let mut segments = Vec::new();
    let mut at = expr;
    loop {
        match &at.expr {
            Expr::Ident(name) => {
                segments.push(name.clone());
                segments.reverse();
                return Some((at.id, segments));
            }
            Expr::Select(select) if !select.test || std::ptr::eq(at, expr) => {
                segments.push(select.field.clone());
                at = &select.operand;
            }
            _ => return None,
        }
    }
}
