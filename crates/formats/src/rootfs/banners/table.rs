//! The table `banners.tsv`, read once.

use std::sync::OnceLock;

/// One row: how one component writes its version into one of its files.
#[derive(Debug)]
pub struct Banner {
    /// The component; its name in the alias table.
    pub component: &'static str,
    /// Part, vendor and product of its CPE.
    pub cpe: [&'static str; 3],
    /// Names of its files, and names under which they are linked; stars stand for any text.
    pub files: Vec<&'static str>,
    /// Beginnings of the names of its libraries: who is linked with one only loads it.
    pub libraries: Vec<&'static str>,
    /// The banner counts in any file.
    pub certain: bool,
    /// It stands in the name of the file.
    pub in_name: bool,
    /// The literal before the version.
    pub before: Vec<u8>,
    /// The literal behind the word that holds the version.
    pub after: Vec<u8>,
    /// Shapes of the version, the longest first.
    pub shapes: Vec<&'static str>,
    /// A literal that must be in the file, too; empty for none.
    pub beside: Vec<u8>,
}

/// All rows. A row that cannot be read is left out here; a test reads the table and finds it.
pub fn all() -> &'static [Banner] {
    static TABLE: OnceLock<Vec<Banner>> = OnceLock::new();
    TABLE.get_or_init(|| rows().filter_map(row).collect())
}

/// The lines of the table that are rows.
pub fn rows() -> impl Iterator<Item = &'static str> {
    let lines =
        include_str!("../banners.tsv").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.skip(1)
}

fn row(line: &'static str) -> Option<Banner> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    let (component, cpe, files, libraries, certain) = (next()?, next()?, next()?, next()?, next()?);
    let (banner, shapes, beside) = (next()?, next()?, next()?);
    let (in_name, banner) = banner.strip_prefix("name:").map_or((false, banner), |rest| (true, rest));
    let (before, after) = banner.split_once("{v}")?;
    let mut parts = cpe.split(':');
    let list = |text: &'static str| text.split(' ').filter(|word| *word != "-").collect();
    Some(Banner {
        component,
        cpe: [parts.next()?, parts.next()?, parts.next()?],
        files: list(files),
        libraries: list(libraries),
        certain: certain == "yes",
        in_name,
        before: bytes(before),
        after: bytes(after),
        shapes: shapes.split('|').collect(),
        beside: if beside == "-" { Vec::new() } else { bytes(beside) },
    })
}

/// `\0` is a zero byte, `\n` a line end, `\s` a space at an end of the column.
fn bytes(text: &str) -> Vec<u8> {
    text.replace("\\0", "\0").replace("\\n", "\n").replace("\\s", " ").into_bytes()
}
