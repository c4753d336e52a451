//! Paths as containers write them, made harmless.

/// Longest path that is taken.
const LONGEST: usize = 4096;

/// A path without leading `/`, `.` and empty parts.
#[derive(Debug, PartialEq, Eq)]
pub struct Normal {
    /// The path; empty for the root.
    pub text: String,
    /// Bytes that are not UTF-8 were replaced.
    pub is_lossy: bool,
    /// Parts of it.
    pub depth: usize,
}

/// Makes a path harmless, or says why it cannot be one.
pub fn normal(raw: &[u8]) -> Result<Normal, &'static str> {
    if raw.len() > LONGEST {
        return Err("the path is longer than 4096 bytes, passed over");
    }
    if raw.contains(&0) {
        return Err("the path holds a zero byte, passed over");
    }
    let mut parts = Vec::new();
    for part in raw.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err("points outside of the image, passed over"),
            part => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    let text = String::from_utf8_lossy(&joined);
    let is_lossy = matches!(text, std::borrow::Cow::Owned(_));
    Ok(Normal { is_lossy, depth: parts.len(), text: text.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn paths_lose_what_could_harm() {
        let text = |raw: &[u8]| normal(raw).map(|path| (path.text, path.is_lossy, path.depth));
        assert_eq!(text(b"./etc//os-release"), Ok(("etc/os-release".to_owned(), false, 2)));
        assert_eq!(text(b"/usr/lib/"), Ok(("usr/lib".to_owned(), false, 2)));
        assert_eq!(text(b"."), Ok((String::new(), false, 0)));
        assert_eq!(text(b"a\xff"), Ok(("a\u{fffd}".to_owned(), true, 1)));
        assert!(text(b"../etc/passwd").unwrap_err().contains("outside"));
        assert!(text(b"a/../b").unwrap_err().contains("outside"));
        assert!(text(b"a\0b").unwrap_err().contains("zero"));
        assert!(text(&[b'a'; 5000]).unwrap_err().contains("4096"));
    }
}
