//! Which addresses may be connected to. A feed's address, or a redirection of its server, must not make this program
//! look into the network it runs in.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use feeds::transport::{FetchCode, FetchError};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The rules.
#[derive(Clone, Debug)]
pub struct Guard {
    private_hosts: Arc<[String]>,
}

impl Guard {
    /// Allows private addresses for the hosts named.
    pub fn new(private_hosts: &[String]) -> Guard {
        Guard { private_hosts: private_hosts.iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    fn may_be_private(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        self.private_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }

    /// Looks at an address before it is asked. Names are looked at again when they are resolved, by [`Resolver`]: what
    /// is connected to is what was checked.
    ///
    /// # Errors
    /// When the scheme is not http or https, there is no host, or it is a literal private address.
    pub fn check(&self, url: &Url) -> Result<(), FetchError> {
        let refused = |why: String| Err(FetchError::new(FetchCode::Forbidden, url.as_str(), why));
        if !matches!(url.scheme(), "https" | "http") {
            return refused(format!("{} is no scheme of feeds", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("an address with a password in it is not asked".to_owned());
        }
        let Some(host) = url.host_str() else { return refused("names no host".to_owned()) };
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if is_private(address) && !self.may_be_private(host) => {
                refused(Private(address).to_string())
            }
            _ => Ok(()),
        }
    }
}

/// Resolves names and drops what must not be connected to.
pub struct Resolver(pub Guard);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        // The client has a thread of its own that waits for one question at a time, so that it may block here.
        Box::pin(async move { guard.resolve(name.as_str()) })
    }
}

impl Guard {
    fn resolve(&self, host: &str) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
        let all: Vec<SocketAddr> = (host, 0).to_socket_addrs()?.collect();
        if self.may_be_private(host) {
            return Ok(Box::new(all.into_iter()));
        }
        let (private, public): (Vec<SocketAddr>, Vec<SocketAddr>) =
            all.into_iter().partition(|address| is_private(address.ip()));
        match private.first() {
            Some(address) if public.is_empty() => Err(Box::new(Private(address.ip()))),
            _ => Ok(Box::new(public.into_iter())),
        }
    }
}

/// The address is in a private network.
#[derive(Debug)]
struct Private(IpAddr);

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "leads to {}, which is no public address; name the host with --private-host to allow it",
            self.0
        )
    }
}

impl Error for Private {}

/// The text of a refusal by the resolver, if that is why the connection failed.
pub fn forbidden(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(private) = error.downcast_ref::<Private>() {
            return Some(private.to_string());
        }
        cause = error.source();
    }
    None
}

/// True for everything that is not a public unicast address.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_4(address),
        IpAddr::V6(address) => is_private_6(address),
    }
}

fn is_private_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a, b, c) == (192, 0, 0)
}

fn is_private_6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_private_4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        [first, second, ..] => {
            first & 0xfe00 == 0xfc00
                || first & 0xffc0 == 0xfe80
                || first & 0xff00 == 0xff00
                || first & 0xffc0 == 0xfec0
                || (first, second) == (0x2001, 0xdb8)
        }
    }
}
