//! The plan as one page: a sentence, two charts, the table behind them. No script, no request, prints on paper.
//!
//! The look keeps to ui.md: class colours as tokens in light and dark, always with a word; each chart has a title,
//! a description and a table twin.

use std::fmt::Write as _;
use std::io::{Result, Write};

use service::plan::{Step, Tally};

use super::plan::{View, alternative, change_words, life_of, tally_words};
use super::words;

/// Steps drawn; the table lists all.
const DRAWN: usize = 24;

/// Width of both charts in units of their own.
const WIDTH: usize = 760;

/// Height of a bar's row.
const ROW: usize = 30;

/// Where bars begin, behind the names.
const LEFT: usize = 250;

const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--text:#1b1d1f;--soft:#5f6368;--line:#d9dcdf;--accent:#1f5fa8;\
--immediate:#b3261e;--planned:#8a5300;--routine:#1f5fa8;--none:#3d6b4f}\
@media (prefers-color-scheme:dark){:root{--ground:#16181a;--text:#e8eaec;--soft:#b6bcc2;--line:#3a3f44;\
--accent:#8fc1ff;--immediate:#ff8a80;--planned:#ffc16b;--routine:#8fc1ff;--none:#9ad3ae}}\
body{margin:0 auto;max-width:880px;padding:32px 16px;background:var(--ground);color:var(--text);\
font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}\
h1{font-size:24px;font-weight:600;margin:0 0 4px}h2{font-size:18px;font-weight:600;margin:32px 0 8px}\
p{margin:4px 0}.soft{color:var(--soft)}.wide{overflow-x:auto}.wide table,.wide svg{min-width:600px}\
table{border-collapse:collapse;width:100%;font-size:13px}caption{text-align:left;color:var(--soft);padding:4px 0}\
th,td{text-align:left;vertical-align:top;padding:8px 8px 8px 0;border-bottom:1px solid var(--line)}\
th{font-weight:600}td.n,th.n{text-align:right}code{font:13px ui-monospace,monospace;white-space:nowrap}\
svg{width:100%;height:auto;display:block}svg text{fill:var(--text);font:13px system-ui,sans-serif}\
svg .soft{fill:var(--soft)}svg .axis{stroke:var(--line)}svg .curve{fill:none;stroke:var(--accent);stroke-width:2}\
.immediate{fill:var(--immediate)}.planned{fill:var(--planned)}.routine{fill:var(--routine)}.none{fill:var(--none)}\
.key{display:inline-block;width:10px;height:10px;margin:0 6px 0 0}.legend span+span{margin-left:16px}\
.key.immediate{background:var(--immediate)}.key.planned{background:var(--planned)}\
.key.routine{background:var(--routine)}.key.none{background:var(--none)}\
@media print{body{max-width:none;padding:0}}";

/// What the colours of the bars stand for.
const LEGEND: &str = "<p class=\"soft legend\"><span><i class=\"key immediate\"></i>immediate</span>\
<span><i class=\"key planned\"></i>planned</span><span><i class=\"key routine\"></i>routine</span>\
<span><i class=\"key none\"></i>none</span></p>";

/// Writes the page.
pub fn write(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let title = escaped(&view.title());
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Upgrade plan: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Upgrade plan: {title}</h1>"
    )?;
    heading(out, view)?;
    if !view.plan.steps.is_empty() {
        writeln!(
            out,
            "<h2>What each upgrade cures</h2>\n{LEGEND}\n<div class=\"wide\" tabindex=\"0\">{}</div>",
            bars(view)
        )?;
        writeln!(out, "<h2>What remains</h2>\n<div class=\"wide\" tabindex=\"0\">{}</div>", curve(view))?;
        writeln!(out, "<h2>Steps</h2>\n{}", table(view))?;
    }
    unhelped(out, view)?;
    ending(out, view)
}

fn heading(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let profile = view.profile;
    let deployment = match profile.is_inferred {
        true => "an assumed deployment: nobody has described it yet".to_owned(),
        false => format!("{} version {}", escaped(&profile.id), profile.version),
    };
    let open = view.plan.open;
    writeln!(out, "<p>{}</p>", escaped(&view.sentence()))?;
    writeln!(
        out,
        "<p class=\"soft\">In {deployment}. Open on the device: {} immediate, {} planned, {} routine, {} none.</p>",
        words::count(open.immediate),
        words::count(open.planned),
        words::count(open.routine),
        words::count(open.none)
    )
}

/// Horizontal bars: cured findings by class, one row for each step.
fn bars(view: &View<'_>) -> String {
    let steps: Vec<&Step> = view.plan.steps.iter().take(DRAWN).collect();
    let most = steps.iter().map(|step| step.chosen.change.cured.len()).max().unwrap_or(1).max(1);
    let height = steps.len() * ROW + 8;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"bars-title bars-text\">\
         <title id=\"bars-title\">Findings cured by each upgrade</title>\
         <desc id=\"bars-text\">One bar for each step, divided into immediate, planned, routine and none; \
         the table of steps holds the same numbers.</desc>\n"
    );
    let room = WIDTH - LEFT - 150;
    for (at, step) in steps.iter().enumerate() {
        let (name, _) = view.name_and_version(&step.members);
        let label = format!("{name} {}", step.chosen.target.version);
        let (y, middle) = (at * ROW + 5, at * ROW + 20);
        let _ = write!(svg, "<text x=\"0\" y=\"{middle}\">{}</text>", escaped(&cut(&label)));
        let mut x = LEFT;
        for (number, class) in classes(&step.chosen.change.cures()) {
            let width = (number * room).div_ceil(most);
            if number > 0 {
                let _ = write!(
                    svg,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"20\">\
                     <title>{number} {class}</title></rect>"
                );
            }
            x += width;
        }
        let _ = writeln!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{middle}\">cures {}, adds {}</text>",
            x + 8,
            words::count(step.chosen.change.cured.len()),
            words::count(step.chosen.change.added.len())
        );
    }
    svg.push_str("</svg>");
    svg
}

fn classes(tally: &Tally) -> [(usize, &'static str); 4] {
    [
        (tally.immediate, "immediate"),
        (tally.planned, "planned"),
        (tally.routine, "routine"),
        (tally.none, "none"),
    ]
}

/// A name that fits before its bar.
fn cut(label: &str) -> String {
    const MOST: usize = 34;
    match label.chars().count() > MOST {
        true => label.chars().take(MOST - 1).chain(['…']).collect(),
        false => label.to_owned(),
    }
}

/// The falling line of what is open after each step.
fn curve(view: &View<'_>) -> String {
    const HEIGHT: usize = 200;
    const TOP: usize = 16;
    const FLOOR: usize = HEIGHT - 28;
    let goal = view.plan.aim.goal;
    let values: Vec<usize> = std::iter::once(view.plan.open.at_least(goal))
        .chain(view.plan.steps.iter().map(|step| step.remaining.at_least(goal)))
        .take(DRAWN + 1)
        .collect();
    let most = values.iter().copied().max().unwrap_or(1).max(1);
    let (left, right) = (40, WIDTH - 60);
    let gaps = (values.len() - 1).max(1);
    let x = |at: usize| left + at * (right - left) / gaps;
    let y = |value: usize| TOP + (most - value) * (FLOOR - TOP) / most;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"curve-title curve-text\">\
         <title id=\"curve-title\">Open findings after each step</title>\
         <desc id=\"curve-text\">Begins at {} and ends at {}; the table of steps holds the same numbers.</desc>\
         <line class=\"axis\" x1=\"{left}\" y1=\"{FLOOR}\" x2=\"{right}\" y2=\"{FLOOR}\"/>\n",
        values.first().copied().unwrap_or_default(),
        values.last().copied().unwrap_or_default()
    );
    let points: Vec<String> =
        values.iter().enumerate().map(|(at, value)| format!("{},{}", x(at), y(*value))).collect();
    let _ = writeln!(svg, "<polyline class=\"curve\" points=\"{}\"/>", points.join(" "));
    // More labels than these would run into each other.
    let every = values.len().div_ceil(12);
    for (at, value) in values.iter().enumerate() {
        if at % every != 0 && at + 1 != values.len() {
            continue;
        }
        let step = if at == 0 { "now".to_owned() } else { at.to_string() };
        let _ = writeln!(
            svg,
            "<text x=\"{0}\" y=\"{1}\" text-anchor=\"middle\">{2}</text>\
             <text class=\"soft\" x=\"{0}\" y=\"{3}\" text-anchor=\"middle\">{step}</text>",
            x(at),
            y(*value).saturating_sub(5).max(12),
            words::count(*value),
            HEIGHT - 8
        );
    }
    svg.push_str("</svg>");
    svg
}

fn table(view: &View<'_>) -> String {
    let mut html = String::from(
        "<div class=\"wide\" tabindex=\"0\"><table><caption>Each number is that of a scan with the version installed.</caption>\n\
         <thead><tr><th class=\"n\">step</th><th>component</th><th>from</th><th>to</th><th class=\"n\">cures</th>\
         <th class=\"n\">adds</th><th class=\"n\">left in it</th><th class=\"n\">open after</th></tr></thead>\n<tbody>\n",
    );
    for (number, step) in view.plan.steps.iter().enumerate() {
        let (name, version) = view.name_and_version(&step.members);
        let mut to = format!("<code>{}</code>", escaped(&step.chosen.target.version));
        if step.chosen.is_branch_change {
            to.push_str(" <strong>branch change</strong>");
        }
        let life = life_of(&step.chosen.target);
        if !life.is_empty() {
            let _ = write!(to, "<br><span class=\"soft\">{}</span>", escaped(&life));
        }
        if let Some(other) = alternative(view, step) {
            let _ = write!(to, "<br><span class=\"soft\">or {}</span>", escaped(&change_words(other)));
        }
        let _ = writeln!(
            html,
            "<tr><td class=\"n\">{}</td><td>{}</td><td><code>{}</code></td><td>{to}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            number + 1,
            escaped(&name),
            escaped(&version),
            tally_words(&step.chosen.change.cures()),
            tally_words(&step.chosen.change.adds()),
            words::count(step.chosen.left.total()),
            words::count(step.remaining.total())
        );
    }
    html.push_str("</tbody></table></div>");
    html
}

fn unhelped(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let unhelped = view.unhelped();
    if unhelped.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>No upgrade helps</h2>\n<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>component</th><th>version</th><th class=\"n\">open</th><th>because</th></tr></thead><tbody>"
    )?;
    for choices in unhelped {
        let (name, version) = view.name_and_version(&choices.members);
        writeln!(
            out,
            "<tr><td>{}</td><td><code>{}</code></td><td class=\"n\">{}</td><td>{}</td></tr>",
            escaped(&name),
            escaped(&version),
            tally_words(&choices.open),
            escaped(choices.why_none)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn ending(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    writeln!(out, "<p class=\"soft\">")?;
    if view.plan.build_only > 0 {
        writeln!(
            out,
            "{} in components that only took part in the build are not planned here. ",
            words::counted(view.plan.build_only, "open finding", "open findings")
        )?;
    }
    writeln!(
        out,
        "Knowledge: {}, {}. Judged as of {}.</p>\n</main>\n</body>\n</html>",
        escaped(&view.knowledge.name()),
        words::age(view.knowledge.age_days(view.at)),
        view.at
    )
}

/// Text of documents in a page: nothing of it is markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
