//! Deployment profiles as files: TOML for authors, JSON for exchange (assessment.md 1).
