//! Where in the text something went wrong.
//!
//! The interpreter does not tell where. So, after a failure only, the parts of the tree are evaluated again by
//! themselves: the innermost one that fails is the place.

use cel::common::ast::{Expr, IdedExpr, SourceInfo};
use cel::{Context, ExecutionError, ParseErrors, Value as Answer};

use super::Fault;
use super::values::PATH;

/// The parser counts in bytes; a place beyond the text is its end.
pub(super) fn byte_of(source: &str, at: u32) -> usize {
    (at as usize).min(source.len())
}

/// The fault of an evaluation.
pub(super) fn of(
    error: &ExecutionError,
    tree: &IdedExpr,
    info: &SourceInfo,
    source: &str,
    context: &Context<'_, '_>,
) -> Fault {
    let place = innermost(tree, context);
    let id = place.map_or(tree.id, |place| place.id);
    let (start, stop) = info.offset_for(id).unwrap_or((0, 0));
    let (start, stop) = (byte_of(source, start), byte_of(source, stop));
    match error {
        ExecutionError::UndeclaredReference(name) => missing(name, start, source),
        _ => Fault::at(start, stop.saturating_sub(start) + 1, told(error)),
    }
}

/// A path is one name to the interpreter, whose place is that of its last point.
fn missing(name: &str, at: usize, source: &str) -> Fault {
    if let Some(pattern) = name.strip_prefix(PATH) {
        let bracket = source.get(..at).unwrap_or(source);
        let start = bracket.rfind("any_path").unwrap_or(at);
        let why =
            format!("it cannot be told whether a dependency path is like {pattern}: no input holds a graph");
        return Fault::at(start, "any_path".len(), why)
            .hint("give an SBOM with dependencies (docs/manual/formats.md), or name the components");
    }
    let until = source.get(..at + name.len()).unwrap_or(source);
    let start = until.rfind(name).unwrap_or(at);
    let full = if name == "epss" { "vuln.epss" } else { name };
    let fault = Fault::at(start, name.len(), format!("there is no value for `{name}`"));
    fault.hint(format!("write has({full}) && … where it may be missing"))
}

fn told(error: &ExecutionError) -> String {
    match error {
        ExecutionError::FunctionError { message, .. } => message.clone(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "division by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "the number is too large".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "the list has no such entry".to_owned(),
        ExecutionError::NoSuchKey(key) => format!("there is no `{key}`"),
        other => {
            let told = other.to_string();
            told.chars().take(160).collect()
        }
    }
}

/// The innermost part that fails by itself; names of loops have no value outside of their loop, so a loop is not
/// looked into beyond its list.
fn innermost<'t>(expr: &'t IdedExpr, context: &Context<'_, '_>) -> Option<&'t IdedExpr> {
    // A value of our own kinds fails to leave the interpreter as one of its own: that is no failure of the expression.
    match Answer::resolve(expr, context) {
        Err(ExecutionError::UnexpectedType { .. }) if !matches!(expr.expr, Expr::Comprehension(_)) => {
            return None;
        }
        Ok(_) => return None,
        Err(_) => {}
    }
    let parts: Vec<&IdedExpr> = match &expr.expr {
        Expr::Call(call) => call.target.iter().map(|target| &**target).chain(&call.args).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Comprehension(loops) => vec![&loops.iter_range],
        _ => Vec::new(),
    };
    parts.into_iter().find_map(|part| innermost(part, context)).or(Some(expr))
}

/// The first loop of a tree.
pub(super) fn first_loop(expr: &IdedExpr) -> Option<u64> {
    match &expr.expr {
        Expr::Comprehension(_) => Some(expr.id),
        Expr::Call(call) => call.target.iter().map(|target| &**target).chain(&call.args).find_map(first_loop),
        Expr::Select(select) => first_loop(&select.operand),
        Expr::List(list) => list.elements.iter().find_map(first_loop),
        _ => None,
    }
}

/// The first fault of the parser.
pub(super) fn of_syntax(errors: &ParseErrors, source: &str) -> Fault {
    let Some(error) = errors.errors.first() else {
        return Fault::at(0, 1, "the expression cannot be parsed".to_owned());
    };
    let (line, column) = (error.pos.0.max(1) as usize - 1, error.pos.1.max(1) as usize - 1);
    let before: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = source.get(before..).unwrap_or_default();
    let at = before + rest.char_indices().nth(column).map_or(rest.trim_end().len(), |(byte, _)| byte);
    Fault::at(at, 1, plain(&error.msg))
}

/// The parser's words, shorter: what it would have accepted is a list of every sign there is.
fn plain(message: &str) -> String {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let message = message.split(" expecting ").next().unwrap_or(message);
    if message.contains("'<EOF>'") {
        return "the expression ends too early".to_owned();
    }
    let quoted = |text: &str| {
        let first = text.find('\'')?;
        let last = text.rfind('\'').filter(|last| *last > first + 1)?;
        text.get(first + 1..last).map(str::to_owned)
    };
    match quoted(message) {
        Some(token) if message.starts_with("token recognition") => {
            format!("`{}` does not belong here", token.trim())
        }
        Some(token) => format!("`{}` does not belong here", token.trim()),
        None => {
            let told: String = message.chars().take(160).collect();
            format!("the expression cannot be parsed: {told}")
        }
    }
}
