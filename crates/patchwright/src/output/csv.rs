//! CSV for spreadsheets: RFC 4180, one finding a row, no formula can start in a cell.

use std::io::{Result, Write};

use super::answer::{self, Answer};

/// Columns may be added at the end, never moved.
const HEADER: &str = "component,version,vulnerability,aliases,verdict,reason,confidence,fixed,cvss,epss,kev,coverage,\
                      class,ceiling,status,by,source,way_in,answer,epss_before,epss_before_date,epss_trend,exploits";

/// Writes the findings.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    writeln!(out, "{HEADER}\r")?;
    for (finding, assessed, effect) in answer.judged() {
        let component = answer.component(finding);
        let epss = finding.facts.epss.map_or(String::new(), |epss| format!("{:.5}", epss.probability));
        let before = finding.facts.epss.and_then(|epss| epss.before);
        let trend = finding.facts.epss.and_then(|epss| epss.trend());
        let exploits: Vec<&str> = finding.facts.exploits.iter().map(|one| one.url.as_str()).collect();
        let coverage =
            answer.judged.scan.coverage.get(finding.component).map_or("", |(state, _)| state.word());
        let cells = [
            component.name.as_str(),
            component.version.as_str(),
            finding.vulnerability.as_str(),
            &finding.aliases.join(" "),
            finding.verdict.word(),
            finding.reason.code(),
            finding.confidence.word(),
            finding.fixed.as_str(),
            &answer::base(finding),
            &epss,
            finding.facts.kev.as_ref().map_or("", |kev| kev.date_added.as_str()),
            coverage,
            effect.class.map_or("", |class| class.word()),
            effect.ceiling.map_or("", |class| class.word()),
            effect.status.word(),
            effect.tier.word(),
            &effect.source,
            answer::way_in(assessed),
            &service::sentence::sentence(finding, assessed, effect),
            &before.map_or(String::new(), |before| format!("{:.5}", before.probability)),
            &before.map_or(String::new(), |before| before.on.to_string()),
            &trend.map_or(String::new(), |trend| format!("{trend:.2}")),
            &exploits.join(" "),
        ];
        let row: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        writeln!(out, "{}\r", row.join(","))?;
    }
    Ok(())
}

/// Quotes where needed; a cell that a spreadsheet would run as a formula gets a leading apostrophe.
fn escape(cell: &str) -> String {
    let harmless = cell == "-" || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if harmless { cell.to_owned() } else { format!("'{cell}") };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn formulas_are_defused_and_quotes_doubled() {
        assert_eq!(escape("=1+2"), "'=1+2");
        assert_eq!(escape("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(escape("xz"), "xz");
        assert_eq!(escape("-"), "-");
    }
}
