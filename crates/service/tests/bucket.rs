//! Blobs in a bucket: against a server of ours that checks each signature as the service would, and fails on demand.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use service::outside::documents;
use sha2::{Digest, Sha256};
use store::Error;
use store::blobs::Blobs;

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// One request.
#[derive(Clone, Debug, Default)]
struct Asked {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// The signature of a request as AWS describes it (Signature Version 4): computed from what arrived, not by the client's code.
fn signature(asked: &Asked, signed: &str, region: &str, secret: &str) -> String {
    let mut pairs: Vec<&str> = asked.query.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    let headers: String =
        signed.split(';').map(|name| format!("{name}:{}\n", asked.headers[name].trim())).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{signed}\n{}",
        asked.method,
        asked.path,
        pairs.join("&"),
        asked.headers["x-amz-content-sha256"]
    );
    let time = &asked.headers["x-amz-date"];
    let day = &time[..8];
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let key = hmac(format!("AWS4{secret}").as_bytes(), day);
    let key = ["s3", "aws4_request"].iter().fold(hmac(&key, region), |key, word| hmac(&key, word));
    hex(&hmac(&key, &text))
}

#[test]
fn the_signature_is_that_of_the_published_example() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let asked = Asked {
        method: "GET".into(),
        path: "/test.txt".into(),
        headers: BTreeMap::from([
            header("host", "examplebucket.s3.amazonaws.com"),
            header("range", "bytes=0-9"),
            header("x-amz-content-sha256", &hex(&Sha256::digest(b""))),
            header("x-amz-date", "20130524T000000Z"),
        ]),
        ..Asked::default()
    };
    let signed = "host;range;x-amz-content-sha256;x-amz-date";
    assert_eq!(
        signature(&asked, signed, "us-east-1", KEY),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

/// What lies in the bucket `docs`, and what the server is to answer instead.
#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    faults: Mutex<VecDeque<u16>>,
    asked: Mutex<Vec<String>>,
}

fn serve() -> (Arc<Bucket>, String) {
    let bucket = Arc::new(Bucket::default());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = Arc::clone(&bucket);
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let served = Arc::clone(&served);
            std::thread::spawn(move || while answer(&line, &served).is_some() {});
        }
    });
    (bucket, address)
}

fn read(line: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(line);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}

/// True where the request is signed with our key over its own content.
fn is_signed(asked: &Asked) -> bool {
    let Some(says) = asked.headers.get("authorization") else { return false };
    let part = |name: &str| {
        let (_, rest) = says.split_once(name)?;
        rest.split(',').next().map(|value| value.trim().to_owned())
    };
    let (credential, signed, signature_of) =
        (part("Credential=").unwrap(), part("SignedHeaders=").unwrap(), part("Signature=").unwrap());
    let named: Vec<&str> = credential.split('/').collect();
    named[0] == KEY_ID
        && asked.headers["x-amz-content-sha256"] == hex(&Sha256::digest(&asked.body))
        && signed.split(';').any(|name| name == "host")
        && signature(asked, &signed, named[2], KEY) == signature_of
}

fn answer(mut line: &TcpStream, bucket: &Bucket) -> Option<()> {
    let asked = read(line)?;
    bucket.asked.lock().unwrap().push(format!("{} {}", asked.method, asked.path));
    let (status, body, range) = decide(&asked, bucket);
    let is_head = asked.method == "HEAD";
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\netag: \"x\"\r\nlast-modified: Mon, 23 Nov 2026 00:00:00 GMT\r\n{range}\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).ok()?;
    if !is_head {
        line.write_all(&body).ok()?;
    }
    Some(())
}

fn decide(asked: &Asked, bucket: &Bucket) -> (u16, Vec<u8>, String) {
    let plain = |status: u16, body: &str| (status, body.as_bytes().to_vec(), String::new());
    if let Some(status) = bucket.faults.lock().unwrap().pop_front() {
        return plain(status, "<Error><Code>SlowDown</Code></Error>");
    }
    if !is_signed(asked) {
        return plain(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
    }
    let Some(name) = asked.path.strip_prefix("/docs/") else {
        return plain(404, "<Error><Code>NoSuchBucket</Code></Error>");
    };
    let mut objects = bucket.objects.lock().unwrap();
    match asked.method.as_str() {
        "PUT" => {
            objects.insert(name.to_owned(), asked.body.clone());
            plain(200, "")
        }
        "DELETE" => {
            objects.remove(name);
            plain(204, "")
        }
        _ => match objects.get(name) {
            None => plain(404, "<Error><Code>NoSuchKey</Code></Error>"),
            Some(bytes) => part(asked, bytes),
        },
    }
}

fn part(asked: &Asked, bytes: &[u8]) -> (u16, Vec<u8>, String) {
    let Some(range) = asked.headers.get("range").and_then(|range| range.strip_prefix("bytes=")) else {
        return (200, bytes.to_vec(), String::new());
    };
    let (from, to) = range.split_once('-').unwrap();
    let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
    let said = format!("content-range: bytes {from}-{to}/{}\r\n", bytes.len());
    (206, bytes[from..=to].to_vec(), said)
}

fn open(place: &str) -> Arc<dyn Blobs> {
    let environment = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" => Some(KEY_ID.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(KEY.to_owned()),
        _ => None,
    };
    documents::open(place, &environment).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_bucket_keeps_blobs_as_a_folder_does() {
    let (bucket, address) = serve();
    run(async {
        let blobs = open(&format!("s3://docs/pw?endpoint={address}&region=eu-central-1"));
        let bytes = b"as received".to_vec();
        let hash = store::sha256(&bytes);
        assert_eq!(blobs.size(&hash).await.unwrap(), None);
        assert!(matches!(blobs.get(&hash).await, Err(Error::NotFound(_))));
        assert_eq!(blobs.put(bytes.clone()).await.unwrap(), hash);
        let name = format!("pw/{}/{}", &hash[..2], &hash[2..]);
        assert_eq!(bucket.objects.lock().unwrap().get(&name), Some(&bytes));
        assert_eq!(blobs.get(&hash).await.unwrap(), bytes);
        assert_eq!(blobs.get_range(&hash, 3..100).await.unwrap(), b"received");
        assert_eq!(blobs.get_range(&hash, 50..60).await.unwrap(), b"");
        assert_eq!(blobs.size(&hash).await.unwrap(), Some(11));
        bucket.objects.lock().unwrap().insert(name.clone(), b"as damaged!".to_vec());
        assert!(matches!(blobs.get(&hash).await, Err(Error::Broken(_))));
        // Sent again, it is mended.
        blobs.put(bytes.clone()).await.unwrap();
        assert_eq!(blobs.get(&hash).await.unwrap(), bytes);
        assert!(blobs.delete(&hash).await.unwrap());
        assert!(!blobs.delete(&hash).await.unwrap());
        let asked = bucket.asked.lock().unwrap().len();
        for foreign in ["../../etc/passwd", "", "AB", &"g".repeat(64)] {
            assert!(matches!(blobs.get(foreign).await, Err(Error::Invalid(_))), "{foreign}");
        }
        assert_eq!(bucket.asked.lock().unwrap().len(), asked, "nobody is asked for what is no hash");
    });
}

#[test]
fn a_busy_service_is_asked_again_and_a_wrong_key_is_not() {
    let (bucket, address) = serve();
    run(async {
        let blobs = open(&format!("s3://docs?endpoint={address}"));
        bucket.faults.lock().unwrap().extend([503, 500]);
        let hash = blobs.put(b"x".to_vec()).await.unwrap();
        assert_eq!(bucket.asked.lock().unwrap().len(), 3);
        assert_eq!(blobs.get(&hash).await.unwrap(), b"x");
        let strange = documents::open(&format!("s3://docs?endpoint={address}"), &|_| Some("other".into()));
        let error = strange.unwrap().get(&hash).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains("SignatureDoesNotMatch"), "{error}");
        assert!(!error.to_string().contains("other"), "no key in an error: {error}");
    });
}

#[test]
fn a_bucket_that_is_not_there_is_no_missing_document() {
    let (_, address) = serve();
    run(async {
        let blobs = open(&format!("s3://elsewhere?endpoint={address}"));
        for error in
            [blobs.put(b"x".to_vec()).await.unwrap_err(), blobs.get(&store::sha256(b"x")).await.unwrap_err()]
        {
            assert!(
                matches!(&error, Error::Unavailable(why) if why.contains("none of this name")),
                "{error:?}"
            );
        }
    });
}
