//! Documents changed in the ways that break readers.

/// Numbers that look random and are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Texts that have broken readers before.
const WORDS: &[&str] = &[
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "𝕏",
    "null",
    "true",
    "[]",
    "{}",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "-1",
    "0",
    "1e999",
    "18446744073709551616",
    "4294967295",
    "9223372036854775807",
    "NaN",
    "../../etc/passwd",
    "/",
    "<!ENTITY a \"b\">",
    "&a;",
    "<![CDATA[",
    "]]>",
    "<text>",
    "</text>",
    "*",
    "%",
    "%2f",
    "%ff",
    "cpe:2.3:a:*:*",
    "pkg:",
    "CVE-",
    "CVE-2024-99999999999",
    ":",
    "=",
    "\r\n",
    "\n\n",
    "\t",
    "---",
    "- ",
    "&x",
    "*x",
    "@@ -1,999999999 +1 @@",
    "(",
    ")",
    "&&",
    "||",
    "!",
    "?",
    "~",
    "^",
];

/// The bytes of an execution.
pub fn input(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut numbers = Numbers(number.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5eed);
    let Some(seed) = seeds.get(numbers.below(seeds.len())) else { return noise(&mut numbers) };
    if number < seeds.len() as u64 {
        // Each seed once as it is.
        return seeds[number as usize].clone();
    }
    let mut bytes = seed.clone();
    for _ in 0..=numbers.below(4) {
        change(&mut bytes, seeds, &mut numbers);
    }
    bytes
}

fn noise(numbers: &mut Numbers) -> Vec<u8> {
    (0..numbers.below(400)).map(|_| numbers.next() as u8).collect()
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    let length = bytes.len();
    let at = numbers.below(length + 1);
    let widest = 1 << numbers.below(9);
    let span = 1 + numbers.below(widest);
    let end = (at + span).min(length);
    match numbers.below(12) {
        0 if length > 0 => bytes[at.min(length - 1)] ^= 1 << numbers.below(8),
        1 if length > 0 => bytes[at.min(length - 1)] = numbers.next() as u8,
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let piece = bytes[at..end].to_vec();
            let most = 1 << numbers.below(8);
            let times = 1 + numbers.below(most);
            let many = piece.repeat(times.min(1 + 100_000 / (piece.len() + 1)));
            drop(bytes.splice(at..at, many));
        }
        5 => {
            let word = WORDS[numbers.below(WORDS.len())];
            drop(bytes.splice(at..end, word.bytes()));
        }
        6 => {
            let word = WORDS[numbers.below(WORDS.len())];
            drop(bytes.splice(at..at, word.bytes()));
        }
        7 => {
            let other = &seeds[numbers.below(seeds.len())];
            let from = numbers.below(other.len() + 1);
            let until = (from + span * 8).min(other.len());
            drop(bytes.splice(at..end, other[from..until].iter().copied()));
        }
        8 if end - at >= 4 => {
            let value = [0u32, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000]
                [numbers.below(9)];
            let four = if numbers.below(2) == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
            bytes[at..at + 4].copy_from_slice(&four);
        }
        9 => {
            // Nesting.
            let (open, close) =
                [("[", "]"), ("{\"a\":", "}"), ("<a>", "</a>"), ("(", ")"), ("\"", "\"")][numbers.below(5)];
            let depth = 1 << numbers.below(12);
            drop(bytes.splice(end..end, close.repeat(depth).bytes()));
            drop(bytes.splice(at..at, open.repeat(depth).bytes()));
        }
        10 => {
            // A number becomes another.
            if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                let word = WORDS[13 + numbers.below(7)];
                drop(bytes.splice(at + digit..at + digit + 1, word.bytes()));
            }
        }
        _ => {
            // Two pieces change places.
            let other = numbers.below(length + 1);
            let piece: Vec<u8> = bytes.drain(at..end).collect();
            let other = other.min(bytes.len());
            drop(bytes.splice(other..other, piece));
        }
    }
}
