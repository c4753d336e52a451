//! Conditions under which a file is built, in three values: the text of a Kbuild map parsed and evaluated
//! against a `.config`. Grammar: `model::build::KbuildMap::files`.
//!
//! `Unknown` is its own value and is never taken for `n`: `X && Unknown` is `n` only when `X` is.

/// Nesting that a condition may have; a hostile map gets `Unknown`, not a stack overflow.
const DEPTH: usize = 64;

/// The value of an option or condition. Ordered: `No` < `Module` < `Yes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tri {
    /// Off.
    No,
    /// On, as a module.
    Module,
    /// On, built in.
    Yes,
}

/// What a condition came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Decided.
    Known(Tri),
    /// Cannot tell: between these two, both included.
    Unknown(Tri, Tri),
}

impl Value {
    /// Nothing is known of it.
    pub const ANY: Value = Value::Unknown(Tri::No, Tri::Yes);

    fn bounds(self) -> (Tri, Tri) {
        match self {
            Value::Known(value) => (value, value),
            Value::Unknown(low, high) => (low, high),
        }
    }

    fn between(low: Tri, high: Tri) -> Value {
        if low == high { Value::Known(low) } else { Value::Unknown(low, high) }
    }

    /// Both must hold.
    pub fn and(self, other: Value) -> Value {
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        Value::between(a.min(c), b.min(d))
    }

    /// One must hold.
    pub fn or(self, other: Value) -> Value {
        let ((a, b), (c, d)) = (self.bounds(), other.bounds());
        Value::between(a.max(c), b.max(d))
    }

    /// `y` for `n`, else `n`: a make file asks whether a word is there, not for Kconfig's negation.
    pub fn negated(self) -> Value {
        let (low, high) = self.bounds();
        let flip = |value| if value == Tri::No { Tri::Yes } else { Tri::No };
        Value::between(flip(high), flip(low))
    }

    /// True when it is surely off.
    pub fn is_off(self) -> bool {
        self == Value::Known(Tri::No)
    }
}

/// A condition with the modules that hold the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition<'a> {
    /// The expression.
    pub expression: &'a str,
    /// Names of the modules that hold the file when it is built as a module, as written.
    pub modules: &'a str,
}

impl<'a> Condition<'a> {
    /// Splits a map's text into expression and modules.
    pub fn of(text: &'a str) -> Condition<'a> {
        let (expression, modules) = text.split_once(" : ").unwrap_or((text, ""));
        Condition { expression: expression.trim(), modules: modules.trim() }
    }
}

/// Evaluates an expression; `symbol` answers the value of an option (`y`, `m`, `n` or a literal), or `None`
/// when it cannot tell. What does not parse is `Value::ANY`.
pub fn evaluate<'s>(expression: &str, symbol: &dyn Fn(&str) -> Option<&'s str>) -> Value {
    let mut parser = Parser { rest: expression, symbol };
    match parser.any_of(0) {
        Some(value) if parser.rest.trim_start().is_empty() => value,
        _ => Value::ANY,
    }
}

/// The options an expression names, in order of appearance, each once.
pub fn symbols(expression: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find(is_name) {
        let tail = rest.get(start..).unwrap_or_default();
        let end = tail.find(|c| !is_name(c)).unwrap_or(tail.len());
        let name = tail.get(..end).unwrap_or_default();
        // A constant or the right side of a comparison is no option.
        let is_value = rest.get(..start).unwrap_or_default().trim_end_matches('"').ends_with('=');
        if !is_value && !matches!(name, "y" | "m" | "n") && !names.contains(&name) {
            names.push(name);
        }
        rest = tail.get(end..).unwrap_or_default();
    }
    names
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn value_of(text: &str) -> Value {
    match text {
        "y" => Value::Known(Tri::Yes),
        "m" => Value::Known(Tri::Module),
        "n" => Value::Known(Tri::No),
        // A number or a text (`CONFIG_NR_CPUS=4`) is no answer to this question.
        _ => Value::ANY,
    }
}

struct Parser<'t, 'f, 's> {
    rest: &'t str,
    symbol: &'f dyn Fn(&str) -> Option<&'s str>,
}

impl<'t> Parser<'t, '_, '_> {
    fn take(&mut self, word: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any_of(&mut self, depth: usize) -> Option<Value> {
        let mut value = self.all_of(depth)?;
        while self.take("||") {
            value = value.or(self.all_of(depth)?);
        }
        Some(value)
    }

    fn all_of(&mut self, depth: usize) -> Option<Value> {
        let mut value = self.one(depth)?;
        while self.take("&&") {
            value = value.and(self.one(depth)?);
        }
        Some(value)
    }

    fn one(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        if self.take("!") {
            return Some(self.one(depth + 1)?.negated());
        }
        if self.take("?") {
            return Some(Value::ANY);
        }
        if self.take("(") {
            let value = self.any_of(depth + 1)?;
            return self.take(")").then_some(value);
        }
        self.option()
    }

    fn option(&mut self) -> Option<Value> {
        let name = self.name()?;
        if self.rest.starts_with('=') || self.rest.starts_with("!=") {
            let wants_equal = !self.take("!=");
            if wants_equal {
                self.take("=");
            }
            let wanted = self.literal()?;
            return Some(compare((self.symbol)(name), wanted, wants_equal));
        }
        Some(match name {
            "y" => Value::Known(Tri::Yes),
            "m" => Value::Known(Tri::Module),
            "n" => Value::Known(Tri::No),
            _ => (self.symbol)(name).map_or(Value::ANY, value_of),
        })
    }

    fn name(&mut self) -> Option<&'t str> {
        let text = self.rest.trim_start();
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    fn literal(&mut self) -> Option<&'t str> {
        let Some(quoted) = self.rest.strip_prefix('"') else { return self.name() };
        let (literal, rest) = quoted.split_once('"')?;
        self.rest = rest;
        Some(literal)
    }
}

fn compare(value: Option<&str>, wanted: &str, wants_equal: bool) -> Value {
    let Some(value) = value else { return Value::Unknown(Tri::No, Tri::Yes) };
    let holds = (value.trim_matches('"') == wanted) == wants_equal;
    Value::Known(if holds { Tri::Yes } else { Tri::No })
}
