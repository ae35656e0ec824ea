//! How do both systems behave on the wire? The same without a wire: requests go straight in, for tests and simulations.

use std::sync::Arc;

use super::acumatica::Acumatica;
use super::procore::Procore;
use super::wire::Reply;
use crate::connector::{Clock, Later, Request, Response, Transport, TransportError};

/// An imitated system.
pub trait System: Send + Sync {
    /// What becomes of a request.
    fn handle(&self, request: &Request) -> Reply;
}

impl System for Procore {
    fn handle(&self, request: &Request) -> Reply {
        Self::handle(self, request)
    }
}

impl System for Acumatica {
    fn handle(&self, request: &Request) -> Reply {
        Self::handle(self, request)
    }
}

/// Carries requests into the imitations by the host of their address. Waiting is the clock's affair.
#[derive(Clone)]
pub struct InProcess {
    procore: Arc<dyn System>,
    acumatica: Arc<dyn System>,
    clock: Arc<dyn Clock>,
}

impl InProcess {
    /// Where Procore is: both its login host and its API host.
    pub const PROCORE_URL: &'static str = "http://procore.sandbox";
    /// Where Acumatica is.
    pub const ACUMATICA_URL: &'static str = "http://acumatica.sandbox";

    /// A way into these two.
    pub fn new(procore: Arc<dyn System>, acumatica: Arc<dyn System>, clock: Arc<dyn Clock>) -> Self {
        Self { procore, acumatica, clock }
    }

    async fn carry(&self, request: Request) -> Result<Response, TransportError> {
        let system = self.system(&request.url).ok_or_else(|| TransportError::NotSent(format!("unknown host in `{}`", request.url)))?;
        match system.handle(&request) {
            Reply::Answer(response) => whole(response),
            Reply::After(time, response) => {
                self.clock.sleep(time).await;
                whole(response)
            }
            Reply::Drop => Err(TransportError::Lost("the connection was cut".to_owned())),
        }
    }

    fn system(&self, url: &str) -> Option<&Arc<dyn System>> {
        let below = |host: &str| url.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
        if below(Self::PROCORE_URL) {
            return Some(&self.procore);
        }
        below(Self::ACUMATICA_URL).then_some(&self.acumatica)
    }
}

impl Transport for InProcess {
    fn send(&self, request: Request) -> Later<'_, Result<Response, TransportError>> {
        Box::pin(self.carry(request))
    }
}

/// The length that an answer tells, when its body is shorter: a fault has cut it.
pub(super) fn told_length(response: &Response) -> Option<usize> {
    response.header("content-length").and_then(|length| length.parse().ok()).filter(|told| *told > response.body.len())
}

fn whole(response: Response) -> Result<Response, TransportError> {
    match told_length(&response) {
        Some(told) => Err(TransportError::Lost(format!("{} of {told} bytes arrived", response.body.len()))),
        None => Ok(response),
    }
}
