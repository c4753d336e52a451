//! How many steps an evaluation takes at most, counted over the tree without evaluating it.
//!
//! An expression ends always; what can be long is a loop inside of a loop. The sizes of lists are known before an
//! evaluation, so its length is known too, and a condition that would take too long is refused instead of waited for.

use cel::common::ast::{EntryExpr, Expr, IdedExpr, operators};

/// The most steps of one evaluation.
pub const MOST_STEPS: u64 = 200_000;

/// Whether the steps are within bounds; `size` tells how many entries a list variable has.
///
/// # Errors
/// The number of steps.
pub(super) fn bounded(tree: &IdedExpr, size: &dyn Fn(&str) -> usize) -> Result<(), u64> {
    match steps(tree, size) {
        steps if steps <= MOST_STEPS => Ok(()),
        steps => Err(steps),
    }
}

fn steps(expr: &IdedExpr, size: &dyn Fn(&str) -> usize) -> u64 {
    let all = |parts: &mut dyn Iterator<Item = &IdedExpr>| {
        parts.fold(1_u64, |sum, part| sum.saturating_add(steps(part, size)))
    };
    match &expr.expr {
        Expr::Unspecified | Expr::Literal(_) | Expr::Struct(_) => 1,
        // A list is made when it is read.
        Expr::Ident(name) if name.contains('.') || name == "statement" => 1 + size(name) as u64,
        Expr::Ident(_) => 1,
        Expr::Select(select) => 1 + steps(&select.operand, size),
        Expr::Call(call) => all(&mut call.args.iter().chain(call.target.as_deref())),
        Expr::List(list) => all(&mut list.elements.iter()),
        Expr::Map(map) => all(&mut map
            .entries
            .iter()
            .flat_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(pair) => [Some(&pair.key), Some(&pair.value)],
                EntryExpr::StructField(field) => [Some(&field.value), None],
            })
            .flatten()),
        Expr::Comprehension(loops) => {
            let once = steps(&loops.loop_cond, size).saturating_add(steps(&loops.loop_step, size));
            let rounds = entries(&loops.iter_range, size);
            steps(&loops.iter_range, size)
                .saturating_add(steps(&loops.accu_init, size))
                .saturating_add(once.saturating_mul(rounds))
                .saturating_add(steps(&loops.result, size))
        }
    }
}

/// How many entries the list of an expression has at most. A name of a loop stands for an entry, and no entry of ours
/// is a list; a list inside of a written list is at most as long as the text.
fn entries(expr: &IdedExpr, size: &dyn Fn(&str) -> usize) -> u64 {
    match &expr.expr {
        Expr::Ident(name) if name.contains('.') || name == "statement" => size(name) as u64,
        Expr::List(list) => list.elements.len() as u64,
        Expr::Map(map) => map.entries.len() as u64,
        Expr::Comprehension(loops) => entries(&loops.iter_range, size),
        Expr::Call(call) if call.func_name == operators::ADD => {
            call.args.iter().map(|arg| entries(arg, size)).fold(0, u64::saturating_add)
        }
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            call.args.iter().map(|arg| entries(arg, size)).max().unwrap_or_default()
        }
        _ => super::MOST_BYTES as u64 / 2,
    }
}
