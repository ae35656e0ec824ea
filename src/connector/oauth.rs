//! OAuth tokens: how is one asked for, renewed before it ends, and its successor kept? The same for both systems.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::clock::Later;
use super::door::{Call, Dialect, Door, Effect};
use super::error::{Certainty, ConnectorError, ErrorKind};
use super::percent;
use super::raw;
use super::secret::Secret;
use super::tokens::TokenStore;
use super::transport::{Request, Response};

/// How tokens are asked for.
pub(super) enum Grant {
    /// Without a person: ask again each time.
    ClientCredentials,
    /// With a user's password: ask again each time.
    Password { user: String, password: Secret },
    /// With the newest refresh token, which works once; this is the first one.
    Refresh(Secret),
}

/// One sign-in by tokens.
pub(super) struct OAuth {
    pub(super) url: String,
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    pub(super) scope: Option<&'static str>,
    pub(super) grant: Grant,
    pub(super) store: Arc<dyn TokenStore>,
    /// Reads an answer that gives no token.
    pub(super) reasons: fn(&[u8]) -> Vec<String>,
    pub(super) current: Mutex<Current>,
}

/// The access token in use.
#[derive(Default)]
pub(super) struct Current {
    token: Option<(Secret, Timestamp)>,
    sign_in: u64,
}

/// A token request carries its credentials in its body; there is nothing to sign or renew.
struct Asking<'a>(&'a OAuth);

impl OAuth {
    /// The access token to use now, and its number.
    pub(super) async fn bearer(&self, door: &Door) -> Result<(Secret, u64), ConnectorError> {
        let mut current = self.current.lock().await;
        if let Some((token, ends)) = &current.token
            && *ends > door.clock.now()
        {
            return Ok((token.clone(), current.sign_in));
        }
        let (token, ends) = self.ask(door).await?;
        current.sign_in += 1;
        current.token = Some((token.clone(), ends));
        Ok((token, current.sign_in))
    }

    /// Forgets the token of this number, unless another task has renewed it meanwhile.
    pub(super) async fn forget(&self, sign_in: u64) {
        let mut current = self.current.lock().await;
        if current.sign_in == sign_in {
            current.token = None;
        }
    }

    /// Takes the token in use away, if there is one.
    pub(super) async fn take(&self) -> Option<Secret> {
        self.current.lock().await.token.take().map(|(token, _)| token)
    }

    async fn ask(&self, door: &Door) -> Result<(Secret, Timestamp), ConnectorError> {
        for secret in self.secrets() {
            door.hide(&secret);
        }
        let call = self.request(door);
        let asked_at = door.clock.now();
        let response = door.call(&Asking(self), &call).await?;
        let read = raw::parse(&response.body);
        let text = |name: &str| read.as_deref().and_then(|body| raw::plain_member(body, name));
        let Some(access) = text("access_token").map(Secret::new) else {
            let error = door.error(ErrorKind::Nonsense, &call.operation, "the answer holds no `access_token`");
            return Err(error.certain(Certainty::Refused));
        };
        door.hide(&access);
        if let Some(next) = text("refresh_token").map(Secret::new)
            && matches!(self.grant, Grant::Refresh(_))
        {
            door.hide(&next);
            // The old one is dead from now on: keep the new one before anything else can fail.
            self.store
                .keep(door.system.word(), &next)
                .map_err(|why| door.error(ErrorKind::SignIn, &call.operation, format!("the new refresh token could not be kept: {why}")))?;
        }
        let seconds = text("expires_in").and_then(|text| text.parse::<u64>().ok()).unwrap_or(600);
        // Renewed a little early, so that no request is on its way when the token ends.
        let useful = Duration::from_secs(seconds - (seconds / 10).min(300));
        Ok((access, asked_at.checked_add(useful).unwrap_or(Timestamp::MAX)))
    }

    fn request(&self, door: &Door) -> Call {
        let refresh = self.refresh(door);
        let mut pairs = vec![("client_id", self.client_id.as_str()), ("client_secret", self.client_secret.reveal())];
        match &self.grant {
            Grant::ClientCredentials => pairs.push(("grant_type", "client_credentials")),
            Grant::Password { user, password } => {
                pairs.extend([("grant_type", "password"), ("username", user.as_str()), ("password", password.reveal())]);
            }
            Grant::Refresh(first) => {
                pairs.extend([("grant_type", "refresh_token"), ("refresh_token", refresh.as_ref().unwrap_or(first).reveal())]);
            }
        }
        pairs.extend(self.scope.map(|scope| ("scope", scope)));
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let request = Request { method: "POST".to_owned(), url: self.url.clone(), headers, body: percent::form(&pairs).into_bytes() };
        // A refresh token works once: whoever loses the answer may not ask again with the old one.
        let effect = if matches!(self.grant, Grant::Refresh(_)) { Effect::Once } else { Effect::Repeatable };
        let mut call = Call::read(String::new(), String::new()).effect(effect);
        call.operation = format!("POST {}", request.path());
        call.request = request;
        call
    }

    fn refresh(&self, door: &Door) -> Option<Secret> {
        let newest = self.store.newest(door.system.word()).filter(|_| matches!(self.grant, Grant::Refresh(_)));
        if let Some(token) = &newest {
            door.hide(token);
        }
        newest
    }

    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = vec![self.client_secret.clone()];
        match &self.grant {
            Grant::ClientCredentials => {}
            Grant::Password { password: secret, .. } | Grant::Refresh(secret) => secrets.push(secret.clone()),
        }
        secrets
    }
}

impl Dialect for Asking<'_> {
    fn sign<'a>(&'a self, _: &'a Door, _: &'a mut Request) -> Later<'a, Result<u64, ConnectorError>> {
        Box::pin(std::future::ready(Ok(0)))
    }

    fn renew(&self, _: u64) -> Later<'_, bool> {
        Box::pin(std::future::ready(false))
    }

    fn hear<'a>(&'a self, _: &'a Door, _: &'a Response) -> Later<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn trouble(&self, door: &Door, call: &Call, response: &Response) -> ConnectorError {
        let reasons = (self.0.reasons)(&response.body).join("; ");
        let kind = match response.status {
            429 => ErrorKind::RateLimited,
            500.. => ErrorKind::Unavailable,
            _ => ErrorKind::SignIn,
        };
        door.error(kind, &call.operation, reasons)
    }
}
