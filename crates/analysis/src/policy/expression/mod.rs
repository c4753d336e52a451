//! Expressions of policy rules and gates: the Common Expression Language, read and checked once, evaluated often.
//!
//! The interpreter is a library; this module is the wall around it. Nothing outside knows its types. What it adds:
//! every name and kind is checked at load against a [`Vocabulary`], so that a misspelt variable is an error and never
//! a silent "false"; faults point at the character; length, depth and steps are bounded; and a variable is asked for
//! only when an expression reads it ([`Facts`]). Start with [`Expression::read`]; decision 0021 says why it is so.

mod limits;
mod kinds;
mod check;
mod calls;
mod names;
mod values;
mod functions;
mod cost;
mod place;

use std::borrow::Cow;
use std::collections::BTreeSet;

use cel::common::ast::{IdedExpr, SourceInfo};
use cel::{Context, Value as Answer};

pub use cost::MOST_STEPS;
pub use kinds::{Kind, Variable, Vocabulary, Words, nearest};
pub use limits::{MOST_BYTES, MOST_DEEP, MOST_NESTED};
use values::Prepared;

/// Stack for the parser, which takes a hundred kilobytes for each bracket in a build without optimisation.
const READER_STACK: usize = 64 << 20;

/// What is wrong with an expression, or with one evaluation of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset in the text.
    pub at: usize,
    /// How many bytes it is about; may be 0.
    pub length: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Fault {
    pub(crate) fn at(at: usize, length: usize, message: String) -> Fault {
        Fault { at, length, message, hint: String::new() }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = hint.into();
        self
    }

    /// Line and column in a text, from 1; the column in characters.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let before = head(text, self.at);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    /// The line of the text with a caret below the character.
    pub fn shown(&self, text: &str) -> String {
        let before = head(text, self.at);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        let about = text.get(before.len()..).unwrap_or_default();
        let about = about.get(..self.length).unwrap_or_default().lines().next().unwrap_or_default();
        // A very long line is shown around the place only.
        let skipped = column.saturating_sub(60);
        let part: String =
            line.chars().skip(skipped).take(100).map(|one| if one == '\t' { ' ' } else { one }).collect();
        let carets = "^".repeat(about.chars().count().clamp(1, 40));
        format!("{part}\n{}{carets}", " ".repeat(column - skipped))
    }
}

fn head(text: &str, at: usize) -> &str {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A value that an expression reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'f> {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Double(f64),
    /// A text.
    Text(Cow<'f, str>),
    /// A point in time, in seconds since 1970.
    Time(i64),
    /// A list.
    List(Vec<Value<'f>>),
    /// An entry with named parts.
    Record(Vec<(&'static str, Value<'f>)>),
}

impl<'f> Value<'f> {
    /// A text that lives elsewhere.
    pub fn text(text: &'f str) -> Value<'f> {
        Value::Text(Cow::Borrowed(text))
    }

    /// A list of texts that live elsewhere.
    pub fn texts(texts: impl IntoIterator<Item = &'f str>) -> Value<'f> {
        Value::List(texts.into_iter().map(Value::text).collect())
    }
}

/// Who answers what an expression asks. Only what is read is asked for.
pub trait Facts: Sync + Send {
    /// The value of a variable of the vocabulary; `None` when there is none, which stops the evaluation with a fault.
    fn value(&self, name: &str) -> Option<Value<'_>>;

    /// Whether `has(name)` holds.
    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Whether the class in effect is at least this one (`class_at_least`).
    fn class_at_least(&self, class: &str) -> bool;

    /// Whether a dependency path that ends at the component fits the pattern (`any_path`); `None` where nothing tells.
    fn any_path(&self, pattern: &str) -> Option<bool>;

    /// How many entries a list variable has.
    fn size(&self, name: &str) -> usize {
        match self.value(name) {
            Some(Value::List(entries)) => entries.len(),
            _ => 0,
        }
    }
}

/// A condition that was read and checked.
pub struct Expression {
    source: String,
    tree: IdedExpr,
    info: SourceInfo,
    prepared: Vec<Prepared>,
    has_loops: bool,
    uses: BTreeSet<String>,
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Expression({:?})", self.source)
    }
}

impl Expression {
    /// Reads a condition: parsed, every name and kind checked, bounded.
    ///
    /// # Errors
    /// The first fault, at its character.
    pub fn read(source: &str, vocabulary: &Vocabulary) -> Result<Expression, Fault> {
        limits::check(source)?;
        on_own_stack(|| {
            let (mut tree, info) = parse(source)?;
            let checked = check::check(&mut tree, source, &info, vocabulary)?;
            let expression = Expression {
                source: source.to_owned(),
                tree,
                info,
                prepared: checked.prepared,
                has_loops: checked.has_loops,
                uses: checked.uses,
            };
            cost::bounded(&expression.tree, &|_| 0).map_err(|steps| expression.too_costly(steps))?;
            Ok(expression)
        })
    }

    /// The text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The variables that it reads.
    pub fn uses(&self) -> impl Iterator<Item = &str> {
        self.uses.iter().map(String::as_str)
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// When it cannot be told: a value is missing, a version cannot be compared, a number is divided by zero, or it
    /// would take too many steps.
    pub fn holds(&self, facts: &dyn Facts) -> Result<bool, Fault> {
        if self.has_loops {
            cost::bounded(&self.tree, &|name| facts.size(name)).map_err(|steps| self.too_costly(steps))?;
        }
        let resolver = values::Resolver { facts, prepared: &self.prepared };
        let mut context = Context::with_env(functions::environment());
        context.set_variable_resolver(&resolver);
        match Answer::resolve(&self.tree, &context) {
            Ok(Answer::Bool(truth)) => Ok(truth),
            Ok(_) => Err(Fault::at(0, 0, "it is neither true nor false".to_owned())),
            Err(error) => Err(place::of(&error, &self.tree, &self.info, &self.source, &context)),
        }
    }

    fn too_costly(&self, steps: u64) -> Fault {
        let why = format!("this would take about {steps} steps, more than the limit of {MOST_STEPS}");
        let at = place::first_loop(&self.tree).and_then(|id| self.info.offset_for(id));
        let at = at.map_or(0, |(start, _)| start as usize);
        Fault::at(at, 1, why).hint("do not put exists, all, map or filter inside of each other")
    }
}

/// Reading needs more stack than a thread may have left: see [`limits`].
fn on_own_stack(read: impl FnOnce() -> Result<Expression, Fault> + Send) -> Result<Expression, Fault> {
    let cannot = |why: &str| Fault::at(0, 0, format!("the expression cannot be read: {why}"));
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().name("expression".to_owned()).stack_size(READER_STACK);
        let reader = reader.spawn_scoped(scope, read).map_err(|error| cannot(&error.to_string()))?;
        reader.join().map_err(|_| cannot("the parser gave up"))?
    })
}

fn parse(source: &str) -> Result<(IdedExpr, SourceInfo), Fault> {
    let parsed = functions::environment().parser().parse_with_source_info(source);
    parsed.map_err(|errors| place::of_syntax(&errors, source))
}
