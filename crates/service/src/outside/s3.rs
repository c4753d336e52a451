//! Blobs on an S3-compatible service, behind the seam of the store. Requests, signatures and retries are those of the
//! `object_store` crate (decision 0033); here are names, checks and errors.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStoreExt, RetryConfig};
use store::blobs::{Answer, Blobs, check_hash};
use store::{Error, Result, sha256};

use crate::notify::secret::Secret;

/// Which bucket, where, and who asks.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The address of the service; empty for AWS itself.
    pub endpoint: String,
    /// The region; services that know none take any.
    pub region: String,
    /// The bucket; it must exist.
    pub bucket: String,
    /// What stands before each name in the bucket; empty for nothing.
    pub prefix: String,
    /// The bucket as first part of the host name instead of the path.
    pub bucket_in_host: bool,
    /// The id of the key.
    pub key_id: String,
    /// The key.
    pub key: Secret,
    /// The token of a temporary key; empty for none.
    pub token: String,
}

/// A bucket of blobs.
pub struct S3 {
    client: Arc<AmazonS3>,
    prefix: String,
}

/// Tries again within this time, then says that the service does not answer: a request of ours waits for it.
const RETRY_TIME: Duration = Duration::from_secs(20);
const RETRIES: usize = 5;
/// Most time for one answer: the largest document over a slow line.
const ANSWER_TIME: Duration = Duration::from_secs(300);
const CONNECT_TIME: Duration = Duration::from_secs(10);

impl S3 {
    /// Of settings; nobody is asked yet.
    ///
    /// # Errors
    /// `Invalid` when they do not fit together.
    pub fn new(settings: &S3Settings) -> Result<S3> {
        // One provider for the whole program; a second installation of the same one is no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.key_id)
            .with_secret_access_key(settings.key.expose())
            .with_virtual_hosted_style_request(settings.bucket_in_host)
            // Not every service takes the bulk form of deletion.
            .with_disable_bulk_delete(true)
            // Only where the setting itself says http.
            .with_allow_http(settings.endpoint.starts_with("http://"))
            .with_client_options(options(settings))
            .with_retry(retries());
        if !settings.endpoint.is_empty() {
            builder = builder.with_endpoint(settings.endpoint.trim_end_matches('/'));
        }
        if !settings.token.is_empty() {
            builder = builder.with_token(&settings.token);
        }
        let client = builder
            .build()
            .map_err(|error| Error::Invalid(format!("cannot use bucket {}: {error}", settings.bucket)))?;
        let prefix = settings.prefix.trim_matches('/').to_owned();
        Ok(S3 { client: Arc::new(client), prefix })
    }

    /// The name of a blob in the bucket: as in a folder of blobs.
    fn name(&self, hash: &str) -> Result<Path> {
        check_hash(hash)?;
        let (group, rest) = hash.split_at(2);
        let name = if self.prefix.is_empty() {
            format!("{group}/{rest}")
        } else {
            format!("{}/{group}/{rest}", self.prefix)
        };
        Path::parse(name).map_err(|error| Error::Invalid(error.to_string()))
    }

    async fn read(&self, hash: &str) -> Result<Vec<u8>> {
        let answer = self.client.get(&self.name(hash)?).await.map_err(|error| failed(error, hash))?;
        let bytes = answer.bytes().await.map_err(|error| failed(error, hash))?;
        if sha256(&bytes) != hash {
            return Err(Error::Broken(format!(
                "blob {hash} is damaged in the bucket; restore it from a backup"
            )));
        }
        Ok(bytes.to_vec())
    }

    async fn length(&self, hash: &str) -> Result<Option<u64>> {
        match self.client.head(&self.name(hash)?).await {
            Ok(known) => Ok(Some(known.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error, hash)),
        }
    }
}

fn options(settings: &S3Settings) -> ClientOptions {
    ClientOptions::new()
        .with_timeout(ANSWER_TIME)
        .with_connect_timeout(CONNECT_TIME)
        .with_allow_http(settings.endpoint.starts_with("http://"))
}

fn retries() -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRY_TIME }
}

/// What an error means to whoever asked. The service's own words are kept: they name the bucket or the permission.
fn failed(error: object_store::Error, hash: &str) -> Error {
    use object_store::Error as Theirs;
    match error {
        Theirs::NotFound { source, .. } if innermost(&*source).contains("NoSuchBucket") => {
            Error::Unavailable("the bucket: there is none of this name".to_owned())
        }
        Theirs::NotFound { .. } => Error::NotFound(format!("blob {hash}")),
        Theirs::PermissionDenied { source, .. } | Theirs::Unauthenticated { source, .. } => {
            Error::Unavailable(format!("the bucket refuses us: {}", innermost(&*source)))
        }
        other => Error::Unavailable(format!("the bucket: {}", innermost(&other))),
    }
}

/// All causes in one line, without repeating one that the outer text holds already.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    crate::notify::one_line(&text)
}

impl Blobs for S3 {
    fn put(&self, bytes: Vec<u8>) -> Answer<'_, String> {
        Box::pin(async move {
            let hash = sha256(&bytes);
            let name = self.name(&hash)?;
            let put = self.client.put(&name, bytes.into()).await;
            put.map_err(|error| match failed(error, &hash) {
                // Nothing can be missing but the bucket itself.
                Error::NotFound(_) => Error::Unavailable("the bucket: there is none of this name".to_owned()),
                other => other,
            })?;
            Ok(hash)
        })
    }

    fn get<'a>(&'a self, hash: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(self.read(hash))
    }

    fn get_range<'a>(&'a self, hash: &'a str, range: Range<u64>) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            // A range that begins behind the end is an error of the service and an empty answer of ours.
            let size = self.length(hash).await?.ok_or_else(|| Error::NotFound(format!("blob {hash}")))?;
            let range = range.start.min(size)..range.end.min(size);
            if range.is_empty() {
                return Ok(Vec::new());
            }
            let bytes = self.client.get_range(&self.name(hash)?, range).await;
            Ok(bytes.map_err(|error| failed(error, hash))?.to_vec())
        })
    }

    fn size<'a>(&'a self, hash: &'a str) -> Answer<'a, Option<u64>> {
        Box::pin(self.length(hash))
    }

    fn delete<'a>(&'a self, hash: &'a str) -> Answer<'a, bool> {
        Box::pin(async move {
            // The service says the same whether there was one or not.
            if self.length(hash).await?.is_none() {
                return Ok(false);
            }
            self.client.delete(&self.name(hash)?).await.map_err(|error| failed(error, hash))?;
            Ok(true)
        })
    }
}
