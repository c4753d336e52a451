//! Operators and functions: which kinds they take, and what they give.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};

use super::check::{Checker, suggestion};
use super::kinds::{Kind, nearest};
use super::values::{CLASS, PATH, Prepared};
use super::{Fault, functions, names};

/// What an expression may call, for hints.
const KNOWN: &[&str] = &[
    "all",
    "any_path",
    "class_at_least",
    "contains",
    "days",
    "double",
    "duration",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "has",
    "int",
    "map",
    "matches",
    "matches_purl",
    "size",
    "startsWith",
    "string",
    "timestamp",
    "version_in",
];

impl Checker<'_> {
    /// The kind of a call.
    pub(super) fn call(&mut self, expr: &mut IdedExpr) -> Result<Kind, Fault> {
        let id = expr.id;
        let Expr::Call(call) = &mut expr.expr else { return Err(self.fault(id, "no call".to_owned())) };
        if let Some(kind) = self.understood(id, call)? {
            // The whole call becomes a name.
            let (kind, becomes) = kind;
            match becomes {
                Becomes::Name(name) => expr.expr = Expr::Ident(name),
                Becomes::Prepared(prepared) => self.prepared(expr, prepared),
            }
            return Ok(kind);
        }
        let mut kinds = Vec::new();
        if let Some(target) = &mut call.target {
            kinds.push(self.kind(target)?);
        }
        for arg in &mut call.args {
            kinds.push(self.kind(arg)?);
        }
        self.result(id, call, &kinds)
    }

    /// Calls of a literal that are understood at load as a whole.
    fn understood(&mut self, id: u64, call: &CallExpr) -> Result<Option<(Kind, Becomes)>, Fault> {
        if call.target.is_some() {
            return Ok(None);
        }
        let text = call.args.first().filter(|_| call.args.len() == 1).and_then(text_of);
        let arg = call.args.first().map_or(id, |arg| arg.id);
        let told = |result: Result<Prepared, String>| result.map_err(|why| self.fault(arg, why));
        Ok(match (call.func_name.as_str(), text) {
            ("class_at_least", Some(class)) => {
                let classes = model::assessment::ResponseClass::ALL.iter().map(|class| class.word());
                if !classes.clone().any(|known| known == class) {
                    let hint = suggestion(nearest(class, classes.clone()));
                    let all = classes.collect::<Vec<_>>().join(", ");
                    let hint = hint.unwrap_or_else(|| format!("the classes are {all}"));
                    return Err(self.fault(arg, format!("`{class}` is no class")).hint(hint));
                }
                self.checked.uses.insert("priority".to_owned());
                Some((Kind::Bool, Becomes::Name(format!("{CLASS}{class}"))))
            }
            ("timestamp", Some(text)) => Some((Kind::Time, Becomes::Prepared(told(names::time(text))?))),
            ("duration", Some(text)) => Some((Kind::Span, Becomes::Prepared(told(names::span(text))?))),
            ("days", _) => match call.args.as_slice() {
                [IdedExpr { expr: Expr::Literal(LiteralValue::Int(number)), .. }] => {
                    Some((Kind::Span, Becomes::Prepared(told(names::days(*number.inner()))?)))
                }
                _ => None,
            },
            ("any_path", Some(pattern)) => {
                crate::policy::paths::check(pattern).map_err(|why| self.fault(arg, why))?;
                self.checked.uses.insert("component".to_owned());
                Some((Kind::Bool, Becomes::Name(format!("{PATH}{pattern}"))))
            }
            ("any_path", None) => {
                let why = "any_path() takes one literal, so that a mistake is seen at once".to_owned();
                let hint = "write any_path(\"lighttpd/**\"): what lighttpd needs, near and far";
                return Err(self.at_function(id, "any_path", why).hint(hint));
            }
            _ => None,
        })
    }

    fn result(&mut self, id: u64, call: &mut CallExpr, kinds: &[Kind]) -> Result<Kind, Fault> {
        use Kind::{Bool, Double, Int, List, Map, Span, Text, Time};
        let name = call.func_name.clone();
        match (name.as_str(), kinds) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [_, _]) => {
                for (arg, kind) in call.args.iter().zip(kinds) {
                    self.must_be_bool(arg, kind)?;
                }
                Ok(Bool)
            }
            (operators::LOGICAL_NOT, [kind]) => {
                call.args.first().map_or(Ok(()), |arg| self.must_be_bool(arg, kind))?;
                Ok(Bool)
            }
            (operators::NOT_STRICTLY_FALSE, [_]) => Ok(Bool),
            (operators::NEGATE, [kind @ (Int | Double)]) => Ok(kind.clone()),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                call.args.first().map_or(Ok(()), |arg| self.must_be_bool(arg, condition))?;
                match yes.is_like(no) {
                    true if matches!(yes, Kind::Nothing)
                        || matches!(yes, List(inner) if matches!(**inner, Kind::Nothing)) =>
                    {
                        Ok(no.clone())
                    }
                    true => Ok(yes.clone()),
                    false => {
                        let why = format!("one side is {}, the other {}", yes.told(), no.told());
                        Err(self.fault(id, why))
                    }
                }
            }
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => {
                self.comparable(id, call, left, right)?;
                Ok(Bool)
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [left, right],
            ) => {
                let is_ordered = (left.is_number() && right.is_number())
                    || matches!((left, right), (Text, Text) | (Time, Time) | (Span, Span));
                match (left, right) {
                    _ if is_ordered => Ok(Bool),
                    (Kind::Word(_), _) | (_, Kind::Word(_)) => {
                        let why = "these words have no order as texts".to_owned();
                        Err(self.fault(id, why).hint("use class_at_least(\"planned\"), or `in` with a list"))
                    }
                    _ => Err(self.no_operator(id, &name, left, right)),
                }
            }
            (operators::ADD, [left, right]) => match (left, right) {
                (Int, Int) => Ok(Int),
                (Double, Double) => Ok(Double),
                (left, right) if left.is_text() && right.is_text() => Ok(Text),
                (List(one), List(other)) if one.is_like(other) => match **one {
                    Kind::Nothing => Ok(List(other.clone())),
                    _ => Ok(List(one.clone())),
                },
                (Time, Span) | (Span, Time) => Ok(Time),
                (Span, Span) => Ok(Span),
                _ => Err(self.no_operator(id, &name, left, right)),
            },
            (operators::SUBSTRACT, [left, right]) => match (left, right) {
                (Int, Int) => Ok(Int),
                (Double, Double) => Ok(Double),
                (Time, Time) | (Span, Span) => Ok(Span),
                (Time, Span) => Ok(Time),
                _ => Err(self.no_operator(id, &name, left, right)),
            },
            (operators::MULTIPLY | operators::DIVIDE, [left, right]) => match (left, right) {
                (Int, Int) => Ok(Int),
                (Double, Double) => Ok(Double),
                _ => Err(self.no_operator(id, &name, left, right)),
            },
            (operators::MODULO, [Int, Int]) => Ok(Int),
            (operators::IN, [element, List(of)]) => {
                self.comparable(id, call, element, of)?;
                Ok(Bool)
            }
            (operators::IN, [element, Map(_)]) if element.is_text() => Ok(Bool),
            (operators::IN, [_, other]) => {
                let why = format!("`in` asks a list, and this is {}", other.told());
                Err(self
                    .fault(id, why)
                    .hint("write `x in [\"a\", \"b\"]`; for a part of a text use .contains()"))
            }
            (operators::INDEX, [List(element), Int]) => Ok((**element).clone()),
            (operators::INDEX, [Map(value), key]) if key.is_text() => Ok((**value).clone()),
            ("size", [kind]) if kind.is_text() || matches!(kind, List(_) | Map(_)) => Ok(Int),
            ("contains" | "startsWith" | "endsWith", [text, part])
                if call.target.is_some() && text.is_text() && part.is_text() =>
            {
                Ok(Bool)
            }
            ("matches", [text, pattern]) if text.is_text() && pattern.is_text() => {
                self.with_literal(id, call, functions::MATCHES, names::pattern, "a regular expression")
            }
            ("version_in", [version, range]) if version.is_text() && range.is_text() => {
                self.with_literal(id, call, functions::VERSION_IN, names::range, "a version range")
            }
            ("matches_purl", [purl, pattern]) if purl.is_text() && pattern.is_text() => {
                self.with_literal(id, call, functions::MATCHES_PURL, names::package, "a package pattern")
            }
            ("days", [Int]) => {
                functions::DAYS.clone_into(&mut call.func_name);
                Ok(Span)
            }
            ("int", [kind]) if kind.is_text() || kind.is_number() => Ok(Int),
            ("double", [kind]) if kind.is_text() || kind.is_number() => Ok(Double),
            ("string", [kind]) if kind.is_text() || kind.is_number() || matches!(kind, Bool) => Ok(Text),
            ("timestamp" | "duration", [kind]) if kind.is_text() => {
                let why = format!("{name}() takes a literal, so that a mistake is seen at once");
                Err(self.fault(id, why))
            }
            _ => Err(self.no_call(id, call, kinds)),
        }
    }

    /// The second argument must be a literal; it is understood now.
    fn with_literal(
        &mut self,
        id: u64,
        call: &mut CallExpr,
        becomes: &str,
        read: fn(&str) -> Result<Prepared, String>,
        what: &str,
    ) -> Result<Kind, Fault> {
        let name = std::mem::replace(&mut call.func_name, becomes.to_owned());
        if let Some(target) = call.target.take() {
            call.args.insert(0, *target);
        }
        let Some(literal) = call.args.last_mut() else {
            return Err(self.fault(id, format!("{name}() takes two arguments")));
        };
        let Some(text) = text_of(literal) else {
            let why = format!("{what} is written as a literal, so that a mistake is seen at once");
            return Err(self.fault(literal.id, why));
        };
        let prepared = read(text).map_err(|why| self.fault(literal.id, why))?;
        self.prepared(literal, prepared);
        Ok(Kind::Bool)
    }

    fn must_be_bool(&self, expr: &IdedExpr, kind: &Kind) -> Result<(), Fault> {
        match kind {
            Kind::Bool | Kind::Nothing => Ok(()),
            other => {
                let why = format!("this is {}, not true or false", other.told());
                Err(self.fault(expr.id, why).hint("compare it with something"))
            }
        }
    }

    /// Equality of two kinds; a literal that is none of the closed words is a mistake.
    fn comparable(&self, id: u64, call: &CallExpr, left: &Kind, right: &Kind) -> Result<(), Fault> {
        if matches!(left, Kind::Null) || matches!(right, Kind::Null) {
            return Err(self.fault(id, "nothing is ever null".to_owned()).hint("ask with has(name)"));
        }
        if !left.is_like(right) {
            return Err(self.no_operator(id, &call.func_name, left, right));
        }
        let words = match (left, right) {
            (Kind::Word(words), _) | (_, Kind::Word(words)) => words,
            _ => return Ok(()),
        };
        for arg in &call.args {
            let entries = match &arg.expr {
                Expr::List(list) => list.elements.as_slice(),
                _ => std::slice::from_ref(arg),
            };
            for entry in entries {
                let Some(text) = text_of(entry) else { continue };
                let all = (words.all)();
                if !text.is_empty() && !all.contains(&text) {
                    let hint = suggestion(nearest(text, all.iter().copied()));
                    let hint = hint.unwrap_or_else(|| format!("it is one of {}", all.join(", ")));
                    return Err(self.fault(entry.id, format!("`{text}` is no {}", words.of)).hint(hint));
                }
            }
        }
        Ok(())
    }

    fn no_operator(&self, id: u64, operator: &str, left: &Kind, right: &Kind) -> Fault {
        let sign = operator.trim_matches('_').trim_start_matches('@');
        let why = format!("`{sign}` between {} and {}", left.told(), right.told());
        let fault = self.fault(id, why);
        match left.is_number() && right.is_number() {
            true => fault.hint("whole numbers and fractions are not mixed: write 1.0 instead of 1"),
            false => fault,
        }
    }

    fn no_call(&self, id: u64, call: &CallExpr, kinds: &[Kind]) -> Fault {
        let name = call.func_name.as_str();
        let kinds: Vec<String> = kinds.iter().map(Kind::told).collect();
        if name.starts_with(['_', '@', '!', '-']) {
            let sign = name.trim_matches('_').trim_start_matches('@');
            return self.fault(id, format!("`{sign}` does not work on {}", kinds.join(" and ")));
        }
        if KNOWN.contains(&name) {
            let why = match kinds.is_empty() {
                true => format!("{name}() needs arguments"),
                false => format!("{name}() does not work on {}", kinds.join(" and ")),
            };
            let hint = match name {
                "class_at_least" => "write class_at_least(\"planned\")",
                "all" | "exists" | "exists_one" | "map" | "filter" => {
                    "write list.exists(x, condition), with a plain name for x"
                }
                "has" => "write has(vuln.epss)",
                _ => "",
            };
            return self.at_function(id, name, why).hint(hint);
        }
        let hint = suggestion(nearest(name, KNOWN.iter().copied()));
        let hint = hint.unwrap_or_else(|| format!("known functions: {}", KNOWN.join(", ")));
        self.at_function(id, name, format!("unknown function `{name}`")).hint(hint)
    }

    /// The place of a call is that of its bracket; people look at the name.
    fn at_function(&self, id: u64, name: &str, why: String) -> Fault {
        let bracket = self.start(id);
        let before = self.source.get(..bracket).unwrap_or_default();
        Fault::at(before.rfind(name).unwrap_or(bracket), name.len(), why)
    }
}

/// What takes the place of a call.
enum Becomes {
    Name(String),
    Prepared(Prepared),
}

/// The text of a literal.
fn text_of(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}
