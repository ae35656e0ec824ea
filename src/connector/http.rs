//! Requests over sockets: TLS by rustls on ring, no redirects, bounded times and sizes, and two kinds of failure.

use std::error::Error;
use std::sync::Once;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};

use super::clock::Later;
use super::settings::HttpSettings;
use super::transport::{Request, Response, Transport, TransportError};

/// The transport of a run.
pub struct HttpTransport {
    /// Honours the proxy variables of the environment.
    outside: Client,
    /// For this machine itself: a proxy would not find the sandbox.
    loopback: Client,
    most_bytes: usize,
}

impl HttpTransport {
    /// A client with these limits.
    ///
    /// # Errors
    /// When no TLS client can be made, as for want of root certificates.
    pub fn new(settings: HttpSettings) -> Result<Self, TransportError> {
        static RING: Once = Once::new();
        RING.call_once(|| {
            // Somebody else in the process may have chosen one already; either serves.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let builder = || {
            Client::builder()
                .user_agent(concat!("crosswalk/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                // Servers close idle connections after a minute or two; a write must not meet that moment.
                .pool_idle_timeout(Duration::from_secs(30))
                .connect_timeout(Duration::from_secs(settings.connect_seconds))
                .timeout(Duration::from_secs(settings.answer_seconds))
        };
        let wrong = |problem: reqwest::Error| TransportError::NotSent(told(&problem));
        let outside = builder().build().map_err(wrong)?;
        let loopback = builder().no_proxy().build().map_err(wrong)?;
        Ok(Self { outside, loopback, most_bytes: settings.most_bytes })
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let unsent = |what: &str| TransportError::NotSent(format!("{what} cannot be sent"));
        let url: Url = request.url.parse().map_err(|_| unsent("this address"))?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| unsent("this method"))?;
        let client = match (is_loopback(&url), url.scheme()) {
            (true, _) => &self.loopback,
            (false, "https") => &self.outside,
            (false, _) => return Err(unsent("a secret over plain http to another machine")),
        };
        let mut builder = client.request(method, url);
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsent("a header name"))?;
            let mut value = HeaderValue::from_str(value).map_err(|_| unsent("a header value"))?;
            value.set_sensitive(matches!(name.as_str(), "authorization" | "cookie"));
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let mut answer = builder.send().await.map_err(|problem| failure(&problem))?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let mut body = Vec::new();
        // Read in pieces, unpacked: what is too large is not held first.
        while let Some(piece) = answer.chunk().await.map_err(|problem| lost(&problem))? {
            if body.len() + piece.len() > self.most_bytes {
                return Err(TransportError::TooLarge(self.most_bytes));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Response { status: answer.status().as_u16(), headers, body })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> Later<'_, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// Without a connection nothing has left; after it, nobody knows.
fn failure(problem: &reqwest::Error) -> TransportError {
    if problem.is_connect() || problem.is_builder() { TransportError::NotSent(told(problem)) } else { lost(problem) }
}

fn lost(problem: &reqwest::Error) -> TransportError {
    TransportError::Lost(if problem.is_timeout() { format!("timed out ({})", told(problem)) } else { told(problem) })
}

/// The innermost cause, which says most; the address, with its query, is left out.
fn told(problem: &reqwest::Error) -> String {
    let mut cause: Option<&dyn Error> = problem.source();
    let mut text = None;
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    text.unwrap_or_else(|| if problem.is_timeout() { "the time allowed is over".to_owned() } else { "the connection failed".to_owned() })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
