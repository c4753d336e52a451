//! Lines of a make file as statements. Only what decides which files are built is told apart: assignments,
//! conditionals, includes, and rules that say what an object is made of.

/// How a variable is assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `:=`, `::=`
    Now,
    /// `=`
    Later,
    /// `+=`
    Add,
    /// `?=`
    IfUnset,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement<'a> {
    /// `name op value`
    Assign(&'a str, Operator, &'a str),
    /// `ifeq`, `ifneq` with both sides; `true` = equality asked.
    IfEqual(bool, String, String),
    /// `ifdef`, `ifndef` with the name; `true` = `ifdef`.
    IfDefined(bool, &'a str),
    /// `else`
    Else,
    /// `else ifeq …`: ends with the same `endif`.
    ElseIf(Box<Statement<'a>>),
    /// `endif`
    End,
    /// `include`, `-include`
    Include(&'a str),
    /// `targets: prerequisites`
    Rule(&'a str, &'a str),
}

/// Joins continued lines and cuts comments off; recipes are dropped.
pub fn joined(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut is_recipe = false;
    for raw in text.lines() {
        let raw = raw.trim_end_matches('\r');
        if line.is_empty() {
            is_recipe = raw.starts_with('\t');
        }
        let continued = raw.strip_suffix('\\');
        line.push_str(continued.unwrap_or(raw));
        if continued.is_some() {
            line.push(' ');
            continue;
        }
        let whole = std::mem::take(&mut line);
        // Indented `ifdef`s and assignments occur; a recipe is known by its tab and that it is neither.
        if is_recipe && !is_indented_statement(&whole) {
            continue;
        }
        lines.push(without_comment(&whole).trim().to_owned());
    }
    if !line.is_empty() {
        lines.push(without_comment(&line).trim().to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn is_indented_statement(line: &str) -> bool {
    let trimmed = line.trim_start();
    const WORDS: &[&str] = &["ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "include"];
    let word = trimmed.split([' ', '(', '\t']).next().unwrap_or_default();
    WORDS.contains(&word) || is_list_assignment(trimmed)
}

/// `foo-$(CONFIG_X) += …`: the form of lists, which no shell command has.
fn is_list_assignment(line: &str) -> bool {
    let Some(at) = line.find("+=").or_else(|| line.find(":=")) else { return false };
    let name = line.get(..at).unwrap_or_default().trim();
    !name.is_empty() && !name.contains([' ', '\t', '@', '"', '\'', ';']) && name.contains('-')
}

fn without_comment(line: &str) -> &str {
    let mut start = 0;
    while let Some(at) = line.get(start..).and_then(|rest| rest.find('#')).map(|at| at + start) {
        if !line.get(..at).unwrap_or_default().ends_with('\\') {
            return line.get(..at).unwrap_or_default();
        }
        start = at + 1;
    }
    line
}

/// Parses joined lines. What is inside `define … endef` is a recipe for `call` and is passed over.
pub fn statements(lines: &[String]) -> Vec<Statement<'_>> {
    let mut all = Vec::with_capacity(lines.len());
    let mut is_definition = false;
    for line in lines {
        let word = line.split_whitespace().next().unwrap_or_default();
        match word {
            "endef" => is_definition = false,
            _ if is_definition => {}
            "define" => is_definition = true,
            _ => all.extend(statement(line)),
        }
    }
    all
}

fn statement(line: &str) -> Option<Statement<'_>> {
    let end = line.find([' ', '\t', '(', '"', '\'']).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    match word {
        "ifeq" | "ifneq" => {
            let (left, right) = sides(rest.trim())?;
            return Some(Statement::IfEqual(word == "ifeq", left, right));
        }
        "ifdef" | "ifndef" => return Some(Statement::IfDefined(word == "ifdef", rest.trim())),
        "else" => return Some(else_if(rest.trim())),
        "endif" => return Some(Statement::End),
        "include" | "-include" | "sinclude" => return Some(Statement::Include(rest.trim())),
        _ => {}
    }
    assignment(line).or_else(|| rule(line))
}

/// `else ifeq (…)` asks again on the same level.
fn else_if(rest: &str) -> Statement<'_> {
    match statement(rest) {
        Some(inner @ (Statement::IfEqual(..) | Statement::IfDefined(..))) => {
            Statement::ElseIf(Box::new(inner))
        }
        _ => Statement::Else,
    }
}

/// `(a,b)`, `"a" "b"`, `'a' 'b'`.
fn sides(text: &str) -> Option<(String, String)> {
    if let Some(inner) = text.strip_prefix('(') {
        let close = matching_close(inner, 0)?;
        let inner = inner.get(..close)?;
        let comma = top_level_comma(inner)?;
        let (left, right) = inner.split_at_checked(comma)?;
        return Some((left.trim().to_owned(), right.get(1..)?.trim().to_owned()));
    }
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (left, rest) = text.get(1..)?.split_once(quote)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (right, _) = rest.get(1..)?.split_once(quote)?;
    Some((left.to_owned(), right.to_owned()))
}

/// The place of the parenthesis that closes one opened before `text`.
pub fn matching_close(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' if depth == 0 => return Some(at),
            b')' | b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The first comma outside of parentheses.
pub fn top_level_comma(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn assignment(line: &str) -> Option<Statement<'_>> {
    let line = ["export ", "override ", "private "]
        .iter()
        .fold(line, |line, word| line.strip_prefix(word).unwrap_or(line).trim_start());
    let (at, operator, length) = operator(line)?;
    let name = line.get(..at)?.trim();
    // A target-specific variable (`foo.o: CFLAGS += …`) is none of ours.
    let is_name = !name.is_empty() && !top_level_has(name, &[':', ' ', '\t']);
    is_name.then(|| Statement::Assign(name, operator, line.get(at + length..).unwrap_or_default().trim()))
}

/// The first assignment sign outside of parentheses.
fn operator(line: &str) -> Option<(usize, Operator, usize)> {
    let bytes = line.as_bytes();
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 => {
                let before = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at)).copied();
                return Some(match (before(1), before(2)) {
                    (Some(b':'), Some(b':')) => (at - 2, Operator::Now, 3),
                    (Some(b':'), _) => (at - 1, Operator::Now, 2),
                    (Some(b'+'), _) => (at - 1, Operator::Add, 2),
                    (Some(b'?'), _) => (at - 1, Operator::IfUnset, 2),
                    _ => (at, Operator::Later, 1),
                });
            }
            _ => {}
        }
    }
    None
}

fn top_level_has(text: &str, wanted: &[char]) -> bool {
    let mut depth = 0_usize;
    text.chars().any(|c| {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && wanted.contains(&c)
    })
}

fn rule(line: &str) -> Option<Statement<'_>> {
    let mut depth = 0_usize;
    let colon = line.bytes().position(|byte| {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && byte == b':'
    })?;
    let (targets, rest) = line.split_at_checked(colon)?;
    let rest = rest.trim_start_matches(':').split(';').next().unwrap_or_default();
    Some(Statement::Rule(targets.trim(), rest.trim()))
}
