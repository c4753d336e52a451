//! Handlers that read: take who asks, ask one question, show the view.

use super::asked::{Asked, Wants};
use super::errors::Fault;
use super::export::list;
use super::openapi;
use super::reply::{Cache, Reply};
use crate::backend::{Failure, Kind};
use crate::pages::help::{Help, KEYS};
use crate::pages::product::Product;
use crate::pages::queue::VIEWS;
use crate::pages::{
    audit, components as parts, findings as rows, knowledge as feeds, people as folk, products as made,
    vulnerabilities as known,
};

/// What a handler that reads returns.
type Shown = Result<Reply, Fault>;

/// *Today*.
pub async fn today(asked: Asked) -> Shown {
    asked.only(&[])?;
    let view = asked.app.backend.today(asked.who()?).await?;
    asked.show(&view)
}

/// The products.
pub async fn products(asked: Asked) -> Shown {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.products(&who, &query).await })
    };
    list(asked, &made::LIST, ask, |page, query| made::Products { page, query }).await
}

/// A product.
pub async fn product(asked: Asked) -> Shown {
    // The API gives all releases, a page some of them.
    asked.only(if asked.wants == Wants::Json { &[] } else { &["older"] })?;
    let view = asked.app.backend.product(asked.who()?, asked.part("product")).await?;
    let older = asked.word("older").to_owned();
    if !older.is_empty() && !view.releases.iter().any(|row| row.id == older) {
        return Err(Failure::new(Kind::NotFound, "There is no such release of the product").into());
    }
    asked.show(&Product { older, ..view })
}

/// A release.
pub async fn release(asked: Asked) -> Shown {
    asked.only(&[])?;
    let view = asked.app.backend.release(asked.who()?, asked.part("release")).await?;
    asked.show(&view)
}

/// Two releases.
pub async fn compare(asked: Asked) -> Shown {
    asked.only(&["from", "to", "export"])?;
    let view = asked.app.backend.compare(asked.who()?, asked.word("from"), asked.word("to")).await?;
    match asked.word("export") {
        "" => asked.show(&view),
        kind => super::export::compared(&view, kind),
    }
}

/// The findings.
pub async fn findings(asked: Asked) -> Shown {
    let query = asked.query(&rows::LIST)?;
    rows::check(&query).map_err(|refusal| super::asked::refused(&refusal.key, &refusal.says))?;
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.findings(&who, &query).await })
    };
    list(asked, &rows::LIST, ask, |page, query| rows::Findings { page, query }).await
}

/// A finding.
pub async fn finding(asked: Asked) -> Shown {
    asked.only(&[])?;
    let view = asked.app.backend.finding(asked.who()?, asked.part("finding")).await?;
    let reply = asked.show(&view)?;
    // The tag of a finding is the version of its decision: what `If-Match` of a new decision must name.
    Ok(if asked.wants == super::asked::Wants::Json && !view.draft.version.is_empty() {
        reply.tagged(&view.draft.version)
    } else {
        reply
    })
}

/// The queue.
pub async fn queue(asked: Asked) -> Shown {
    asked.only(&["view", "at"])?;
    let named = asked.word("view");
    let view = if named.is_empty() { VIEWS.first().map_or("", |(word, _)| word) } else { named };
    if !VIEWS.iter().any(|(word, _)| *word == view) {
        let words: Vec<&str> = VIEWS.iter().map(|(word, _)| *word).collect();
        return Err(super::asked::refused("view", &format!("`{view}` is none of {}", words.join(", "))));
    }
    let view = asked.app.backend.queue(asked.who()?, view, asked.word("at")).await?;
    asked.show(&view)
}

/// The vulnerabilities.
pub async fn vulnerabilities(asked: Asked) -> Shown {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.vulnerabilities(&who, &query).await })
    };
    list(asked, &known::LIST, ask, |page, query| known::Vulnerabilities { page, query }).await
}

/// A vulnerability.
pub async fn vulnerability(asked: Asked) -> Shown {
    asked.only(&[])?;
    let view = asked.app.backend.vulnerability(asked.who()?, asked.part("vulnerability")).await?;
    asked.show(&view)
}

/// The components.
pub async fn components(asked: Asked) -> Shown {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.components(&who, &query).await })
    };
    list(asked, &parts::LIST, ask, |page, query| parts::Components { page, query }).await
}

/// The feeds.
pub async fn knowledge(asked: Asked) -> Shown {
    asked.only(&[])?;
    let view = asked.app.backend.knowledge(asked.who()?).await?;
    asked.show(&view)
}

/// The jobs.
pub async fn jobs(asked: Asked) -> Shown {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.jobs(&who, &query).await })
    };
    list(asked, &feeds::JOBS, ask, |page, query| feeds::Jobs { page, query }).await
}

/// The people.
pub async fn people(asked: Asked) -> Shown {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.people(&who, &query).await })
    };
    list(asked, &folk::LIST, ask, |page, query| folk::People {
        page,
        query,
        invitation: folk::Invitation::default(),
        made: Default::default(),
    })
    .await
}

/// Settings and tokens.
pub async fn settings(asked: Asked) -> Shown {
    asked.only(&[])?;
    let view = asked.app.backend.settings(asked.who()?).await?;
    asked.show(&view)
}

/// The audit log.
pub async fn audit(asked: Asked) -> Shown {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.audit(&who, &query).await })
    };
    list(asked, &audit::LIST, ask, |page, query| audit::Audit { page, query }).await
}

/// Search.
pub async fn search(mut asked: Asked) -> Shown {
    asked.only(&["q"])?;
    let text = asked.word("q").to_owned();
    if text.chars().count() > 200 {
        return Err(super::asked::refused("q", "longer than 200 letters"));
    }
    let view = asked.app.backend.search(asked.who()?, &text).await?;
    asked.frames.sought = text;
    asked.show(&view)
}

/// The keys.
pub async fn help(asked: Asked) -> Shown {
    asked.show(&Help { keys: KEYS })
}

/// The description of the API.
pub async fn openapi(_: Asked) -> Shown {
    Ok(Reply::json(openapi::TEXT.as_bytes().to_vec()))
}

/// Works, or not. What is missing goes to the log: who asks here may be anyone.
pub async fn health(asked: Asked) -> Shown {
    let state = asked.app.backend.health().await;
    state.map_err(|failure| {
        tracing::error!(says = failure.says, "not healthy");
        Failure::new(Kind::Unavailable, "The server cannot work now")
    })?;
    Ok(Reply::json(b"{\"status\":\"ok\"}".to_vec()).cached(Cache::Never))
}

/// Numbers for Prometheus.
pub async fn metrics(asked: Asked) -> Shown {
    let gauges = asked.app.backend.gauges().await?;
    let text = asked.app.metrics.text(&gauges)?;
    let mime = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(Reply::bytes(mime, text.into_bytes()).cached(Cache::Never))
}
