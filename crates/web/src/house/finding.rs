//! One finding in full.

use model::assessment::{Assessment, Input as Assumed};
use model::finding::{Evidence, Finding as Judged, Verdict};
use model::fix::FixAdvice;
use service::maker::{DecisionRow, Detail, Maker};
use service::triage::current::{current, version};
use service::triage::history::{Line, What};

use super::HouseBackend;
use super::findings::says;
use super::translate::{at, ceiling, class, failure, id, known, maker, missing, moment_of, open};
use super::words;
use crate::backend::{Failure, Identity};
use crate::pages::decision::Draft;
use crate::pages::finding::{Elsewhere, Event, Finding, Input, Link, Opinion, Path, Said};
use crate::report::evidence::line;

pub(super) async fn finding(of: &HouseBackend, who: &Identity, finding: &str) -> Result<Finding, Failure> {
    let number = id(finding, "finding")?;
    let maker = maker(of, who)?;
    let found =
        maker.finding(number, of.moment()).await.map_err(failure)?.ok_or_else(|| missing("finding"))?;
    let history = service::triage::history::history(&of.house, known(who)?, number).await.map_err(failure)?;
    let names = maker.names_of_people().await.map_err(failure)?;
    let by = |actor: &str| words::actor(actor, &names);
    let (_, decided) = current(&of.house, known(who)?, number).await.map_err(failure)?;
    Ok(view(&maker, &found, decided.as_ref(), &history, &by))
}

fn view(
    maker: &Maker,
    found: &Detail,
    current: Option<&DecisionRow>,
    history: &[Line],
    by: &dyn Fn(&str) -> String,
) -> Finding {
    let row = &found.row;
    let assessment = found.assessment();
    Finding {
        id: row.id.to_string(),
        class: class(row.cell.class),
        ceiling: ceiling(&row.cell),
        is_open: open(&row.cell),
        vulnerability: row.vulnerability.clone(),
        aliases: found.finding.as_ref().map(|one| one.aliases.clone()).unwrap_or_default(),
        about: found.about.clone(),
        component: row.component_name.clone(),
        version: row.component_version.clone(),
        product: (row.product_slug.clone(), found.product_name.clone()),
        release: (row.release.to_string(), row.release_version.clone()),
        rationale: rationale(maker, found),
        inputs: assessment.map(inputs).unwrap_or_default(),
        row: assessment.map_or_else(String::new, |one| {
            format!("Row {} of the response table, rule {}.", one.row.number, one.row.rule)
        }),
        paths: assessment.map(paths).unwrap_or_default(),
        would_change: assessment.map(would_change).unwrap_or_default(),
        evidence: found.finding.as_ref().map(links).unwrap_or_default(),
        opinions: found.finding.as_ref().map(opinions).unwrap_or_default(),
        scores: scores(found),
        said: said(found, history, by),
        advice: found.advice.as_ref().map(advice).unwrap_or_default(),
        elsewhere: elsewhere(maker, found),
        history: history.iter().rev().map(|line| event(line, by)).collect(),
        proposals: found.proposal.as_ref().map(super::decide::proposals).unwrap_or_default(),
        draft: match &found.proposal {
            Some(proposal) => super::decide::draft(proposal, current),
            None => Draft { version: current.map(version).unwrap_or_default(), ..Draft::default() },
        },
        due: row.due.map(at),
    }
}

fn rationale(maker: &Maker, found: &Detail) -> Vec<String> {
    let mut lines: Vec<String> = match (&found.finding, &found.effect) {
        (Some(finding), Some(effect)) if effect.tier > model::effect::Tier::Match => {
            vec![service::sentence::sentence(finding, found.assessed.as_deref(), effect)]
        }
        (None, _) => {
            vec![
                "The documents and the knowledge of now do not give it any more; it is about to be retired."
                    .to_owned(),
            ]
        }
        _ => Vec::new(),
    };
    match found.assessment() {
        Some(assessment) => lines.extend(assessment.rationale.iter().cloned()),
        None if lines.is_empty() => lines.push(says(maker, &found.row)),
        None => {}
    }
    if let Some(effect) = &found.effect {
        lines.extend(effect.contested.iter().map(|one| format!("Contested: {one}.")));
    }
    lines.iter().map(|line| line.replace("->", "→")).collect()
}

fn inputs(assessment: &Assessment) -> Vec<Input> {
    fn of<T>(name: &str, value: &str, input: &Assumed<T>) -> Input {
        Input {
            name: name.to_owned(),
            value: words::plain(value),
            basis: words::plain(input.basis.word()),
            because: input.because.iter().map(|one| one.replace("->", "→")).collect(),
        }
    }
    let (reach, attacks) = (&assessment.reach, &assessment.exploitation);
    let (holds, control) = (&assessment.preconditions, &assessment.technical_impact);
    let impact = &assessment.product_impact;
    vec![
        of("Reach", reach.value.word(), reach),
        of("Exploitation", attacks.value.word(), attacks),
        of("Preconditions", holds.value.word(), holds),
        of("Technical impact", control.value.word(), control),
        of("Product impact", impact.value.word(), impact),
    ]
}

/// Ways in that the page names.
const PATHS: usize = 12;

fn paths(assessment: &Assessment) -> Vec<Path> {
    let path = |path: &model::assessment::Path| Path {
        says: path.words.replace("->", "→"),
        closed: path.closed.clone(),
    };
    assessment.paths.iter().take(PATHS).map(path).collect()
}

fn would_change(assessment: &Assessment) -> Vec<String> {
    let change = |one: &model::assessment::WouldChange| {
        let input = crate::words::capital(&words::plain(one.input));
        format!(
            "{input} {} instead of {}: {}.",
            words::plain(one.to),
            words::plain(one.from),
            one.class.word()
        )
    };
    let questions = assessment.questions.iter().map(|name| {
        format!("Whether “{}” holds is stated nowhere; the profile can say so.", words::plain(name))
    });
    assessment.would_change.iter().map(change).chain(questions).collect()
}

fn links(finding: &Judged) -> Vec<Link> {
    let link = |one: &Evidence| {
        let said = line(one);
        Link {
            question: crate::words::capital(said.kind),
            says: said.says.replace("->", "→"),
            source: String::new(),
            raw: String::new(),
            answer: answer(one, finding).to_owned(),
        }
    };
    finding.evidence.iter().map(link).collect()
}

fn answer(evidence: &Evidence, finding: &Judged) -> &'static str {
    let word = match evidence {
        Evidence::Platform { value, .. } => value.as_str(),
        Evidence::File { result, .. } => result.as_str(),
        Evidence::Range { outcome, .. } => outcome.as_str(),
        // The other kinds say why, and the verdict says what follows.
        _ if finding.verdict == Verdict::NeedsReview => return "unknown",
        _ => return "holds",
    };
    let says = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    match evidence {
        _ if says(&["unknown", "cannot", "not comparable", "incomparable"]) => "unknown",
        // The outcome of a comparison is a sentence; these say that the version is outside.
        Evidence::Range { .. }
            if says(&["before the start", "at or above", "outside", "not in", "above the"]) =>
        {
            "excludes"
        }
        Evidence::Range { .. } => "holds",
        _ if matches!(word, "true" | "built" | "module") => "holds",
        _ => "excludes",
    }
}

fn opinions(finding: &Judged) -> Vec<Opinion> {
    let opinion = |one: &model::finding::Opinion| {
        let by = if one.by.is_empty() { String::new() } else { format!(" ({})", one.by) };
        Opinion {
            source: format!("{}{by}", one.source.name()),
            verdict: one
                .verdict
                .map_or_else(|| "no opinion".to_owned(), |verdict| words::plain(verdict.word())),
            because: one.reason.meaning().to_owned(),
            fixed: one.fixed.clone(),
            at: moment_of(&one.modified),
            differs: one.verdict.is_some_and(|verdict| verdict != finding.verdict),
        }
    };
    finding.opinions.iter().map(opinion).collect()
}

fn scores(found: &Detail) -> Vec<(String, String)> {
    let mut scores = Vec::new();
    if let Some(finding) = &found.finding {
        let facts = &finding.facts;
        for one in &facts.severities {
            let base =
                one.base_tenths.map_or(String::new(), |tenths| format!("{} ", crate::words::tenths(tenths)));
            scores.push((format!("CVSS, {}", one.by), format!("{base}{}", one.vector)));
        }
        if let Some(epss) = facts.epss {
            let trend = crate::words::trend(&epss).map_or(String::new(), |trend| format!(", {trend}"));
            scores.push(("EPSS".to_owned(), format!("{:.1} %{trend}", epss.probability * 100.0)));
        }
        if let Some(kev) = &facts.kev {
            scores.push((
                "Known exploited since".to_owned(),
                format!("{} ({})", kev.date_added, kev.catalogue()),
            ));
        }
    }
    if let Some(assessment) = found.assessment() {
        if let Some((vector, base, here)) = &assessment.environmental {
            let (base, here) = (crate::words::tenths(*base), crate::words::tenths(*here));
            scores.push(("CVSS in this deployment".to_owned(), format!("{here} (base {base}) {vector}")));
        }
        let tables = assessment.ssvc.iter();
        scores.extend(tables.map(|one| (words::plain(one.table).to_uppercase(), words::plain(one.outcome))));
    }
    scores
}

fn said(found: &Detail, history: &[Line], by: &dyn Fn(&str) -> String) -> Vec<Said> {
    let mut said = Vec::new();
    for one in &found.decisions {
        let is_of = |line: &&Line| matches!(&line.what, What::Decision { name, .. } if *name == one.name);
        let made = history.iter().rev().find(is_of);
        let Some(made) = made else { continue };
        said.push(Said {
            by: by(&made.actor),
            at: at(made.at),
            says: format!("{}: {}", one.name, words::plain(&one.says)),
            because: if one.why.is_empty() { words::plain(one.code) } else { one.why.join("; ") },
            holds: matches!(one.code, "active" | "carried"),
        });
    }
    said.sort_by_key(|one| (!one.holds, std::cmp::Reverse(one.at)));
    said
}

/// References of one kind that the page names.
const REFERENCES: usize = 4;

fn advice(advice: &FixAdvice) -> Vec<String> {
    let mut lines = vec![advice.sentence.clone()];
    let others =
        if advice.on_line.is_some() { &[] } else { advice.branch_changes.get(1..).unwrap_or_default() };
    lines.extend(others.iter().map(|one| format!("Or {} (a change of branch).", one.version)));
    lines.extend(advice.commits.iter().take(REFERENCES).map(|one| match one.url.as_str() {
        "" => format!("Commit {}.", one.id),
        url => format!("Commit {url}"),
    }));
    lines.extend(advice.patches.iter().take(REFERENCES).map(|url| format!("Patch {url}")));
    lines.extend(advice.packages.iter().take(REFERENCES).map(|one| {
        let place = format!("{} {}", one.distribution, one.release);
        format!("{}: {} {} holds the fix.", place.trim_end(), one.package, one.version)
    }));
    lines
}

fn elsewhere(maker: &Maker, found: &Detail) -> Vec<Elsewhere> {
    let one = |other: &service::maker::Elsewhere| Elsewhere {
        finding: other.finding.id.to_string(),
        class: class(other.finding.cell.class),
        is_open: other.is_open,
        product: other.finding.product_slug.clone(),
        release: other.finding.release_version.clone(),
        says: format!(
            "{}: {}",
            words::component(&other.finding.component_name, &other.finding.component_version),
            says(maker, &other.finding)
        ),
    };
    found.elsewhere.iter().map(one).collect()
}

fn event(line: &Line, by: &dyn Fn(&str) -> String) -> Event {
    let says = match &line.what {
        What::Event { kind, body } => words::happened(kind, body),
        What::Decision { name, act, says, note, .. } => {
            let note = if note.is_empty() { String::new() } else { format!(" {note}") };
            format!("Decision {name} {}: {}.{note}", words::plain(act), words::plain(says))
        }
        What::Remark { text, .. } => text.clone(),
    };
    Event { at: at(line.at), by: by(&line.actor), says }
}
