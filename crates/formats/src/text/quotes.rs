//! YAML with quotation marks that nobody escaped: `"(the "Software")"`. Writers that put texts between quotes without
//! looking into them make it, the official example of SPDX 2.2 among them.

/// Escapes quotation marks that stand inside of a quoted text, and says in which line the first one was; `None` when
/// there is none. A mark ends the text when the line or the key ends behind it, in brackets also when the entry does.
pub fn escape_stray(text: &str) -> Option<(String, usize)> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut first = None;
    let (mut inside, mut line) = (false, 1_usize);
    // What stands before in its line, without blanks; nothing at its start.
    let mut before = None;
    let mut brackets = 0_usize;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let behind = text.get(at + character.len_utf8()..).unwrap_or_default();
        match character {
            '\n' => {
                line += 1;
                before = None;
            }
            '\\' if inside => {
                out.push(character);
                let Some((_, escaped)) = characters.next() else { break };
                line += usize::from(escaped == '\n');
                out.push(escaped);
                continue;
            }
            '"' if inside && !ends_here(behind, brackets > 0) => {
                first.get_or_insert(line);
                out.push('\\');
            }
            '"' if inside => inside = false,
            '"' if begins_here(before) => inside = true,
            '[' | '{' if !inside && begins_here(before) => brackets += 1,
            ']' | '}' if !inside => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if !character.is_whitespace() {
            before = Some(character);
        }
        out.push(character);
    }
    first.map(|line| (out, line))
}

fn begins_here(before: Option<char>) -> bool {
    before.is_none_or(|before| matches!(before, ':' | '-' | '[' | '{' | ',' | '?'))
}

fn ends_here(behind: &str, in_brackets: bool) -> bool {
    let next = behind.trim_start_matches([' ', '\t', '\r']).chars().next();
    next.is_none_or(|next| match next {
        '\n' | ':' | '#' => true,
        ',' | ']' | '}' => in_brackets,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::escape_stray;

    #[test]
    fn only_marks_inside_of_a_text() {
        let good = "a: \"b \\\" c\"\nd: [\"e\", \"f\"]\n\"g\" : say \"h\" # \"\n";
        assert_eq!(escape_stray(good), None);
        let bad = "a: \"b\"\nc: \"(the \"Software\"), \"as is\", so\\\n  to\"\nd: \"e\"\n";
        let fixed = "a: \"b\"\nc: \"(the \\\"Software\\\"), \\\"as is\\\", so\\\n  to\"\nd: \"e\"\n";
        assert_eq!(escape_stray(bad), Some((fixed.to_owned(), 2)));
        assert_eq!(escape_stray("a: \"\\"), None);
    }
}
