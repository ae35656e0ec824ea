//! How is a session opened, kept, renewed and always closed again?

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::jar::Jar;
use super::{address, errors};
use crate::connector::clock::Later;
use crate::connector::door::{Call, Dialect, Door, Effect};
use crate::connector::error::{Certainty, ConnectorError, ErrorKind, excerpt, shorten};
use crate::connector::oauth::{Current, Grant, OAuth};
use crate::connector::raw;
use crate::connector::secret::Secret;
use crate::connector::settings::{AcumaticaGrant, AcumaticaSettings, AcumaticaSignIn};
use crate::connector::tokens::TokenStore;
use crate::connector::transport::{Request, Response};
use crate::schema::System;
use crate::value::{Record, Value, json_text};

/// Between tries to get one of the licence's session slots; an abandoned one is freed only after ten minutes.
const SLOT_WAIT: Duration = Duration::from_secs(15);

/// One session, shared by all work (BR-75).
pub(super) struct Session {
    root: String,
    branch: Option<String>,
    way: Way,
    open: Mutex<Open>,
}

enum Way {
    /// A login with name and password.
    Cookies { login: Record, password: Secret },
    /// A token; `ends` when the session should be closed by us rather than live on with the refresh token.
    Tokens { oauth: OAuth, ends: bool },
}

/// What is open now.
#[derive(Default)]
struct Open {
    jar: Jar,
    signed_in: bool,
    sign_in: u64,
}

/// Sign-in and sign-out bring their own credentials.
struct Threshold;

impl Session {
    pub(super) fn new(settings: &AcumaticaSettings, store: Arc<dyn TokenStore>) -> Result<Self, ConnectorError> {
        let root = address::root(settings);
        let way = match &settings.sign_in {
            AcumaticaSignIn::Session { user, password } => {
                let names = [
                    ("name", Some(user)),
                    ("tenant", Some(&settings.tenant)),
                    ("branch", settings.branch.as_ref()),
                    ("locale", Some(&settings.locale)),
                ];
                let login = names.into_iter().filter_map(|(name, value)| Some((name, Value::text(value?.as_str())))).collect();
                Way::Cookies { login, password: password.read(System::Acumatica)? }
            }
            AcumaticaSignIn::Oauth { client_id, client_secret, grant } => {
                let (grant, scope) = match grant {
                    AcumaticaGrant::Password { user, password } => {
                        (Grant::Password { user: user.clone(), password: password.read(System::Acumatica)? }, "api")
                    }
                    AcumaticaGrant::RefreshToken(first) => (Grant::Refresh(first.read(System::Acumatica)?), "api offline_access"),
                };
                let ends = matches!(grant, Grant::Password { .. });
                let client_secret = client_secret.read(System::Acumatica)?;
                let url = format!("{root}/identity/connect/token");
                let (scope, current) = (Some(scope), Mutex::new(Current::default()));
                Way::Tokens {
                    oauth: OAuth {
                        url,
                        client_id: client_id.clone(),
                        client_secret,
                        scope,
                        grant,
                        store,
                        reasons: errors::reasons,
                        current,
                    },
                    ends,
                }
            }
        };
        Ok(Self { root, branch: settings.branch.clone(), way, open: Mutex::default() })
    }

    /// Closes the session, if one is open. Safe at any time, any number of times.
    pub(super) async fn end(&self, door: &Door) {
        let open = {
            let mut open = self.open.lock().await;
            let closed = Open { sign_in: open.sign_in, ..Open::default() };
            std::mem::replace(&mut *open, closed)
        };
        let mut headers: Vec<(String, String)> = open.jar.header().map(|cookies| ("cookie".to_owned(), cookies)).into_iter().collect();
        match &self.way {
            Way::Cookies { .. } if open.signed_in => {}
            Way::Tokens { oauth, ends } => match oauth.take().await {
                Some(token) if *ends => headers.push(("authorization".to_owned(), format!("Bearer {}", token.reveal()))),
                _ => return,
            },
            Way::Cookies { .. } => return,
        }
        // IIS wants a length even for nothing, or it answers 411.
        headers.push(("content-length".to_owned(), "0".to_owned()));
        let mut call =
            Call::read(format!("{}/entity/auth/logout", self.root), "POST /entity/auth/logout".to_owned()).effect(Effect::Repeatable);
        call.request.method = "POST".to_owned();
        call.request.headers = headers;
        call.exempt = true;
        match door.call(&Threshold, &call).await {
            // 401: the session had ended by itself.
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::SignIn => {}
            Err(error) => {
                tracing::warn!(system = "acumatica", reason = %error, "could not sign out: the session holds its slot some ten minutes");
            }
        }
    }

    async fn log_in(&self, door: &Door, login: &Record, password: &Secret) -> Result<Jar, ConnectorError> {
        door.hide(password);
        let mut body = login.clone();
        body.set("password", password.reveal());
        let url = format!("{}/entity/auth/login", self.root);
        let call =
            Call::write("POST", url, "POST /entity/auth/login".to_owned(), json_text(&Value::Record(body))).effect(Effect::Repeatable);
        let response = door.call(&Threshold, &call).await?;
        let mut jar = Jar::default();
        jar.take_over(&response).iter().for_each(|secret| door.hide(secret));
        match jar.header() {
            Some(_) => Ok(jar),
            None => Err(door.nonsense(&call, &response, "cookies")),
        }
    }
}

impl Dialect for Session {
    fn sign<'a>(&'a self, door: &'a Door, request: &'a mut Request) -> Later<'a, Result<u64, ConnectorError>> {
        Box::pin(async move {
            request.headers.push(("accept".to_owned(), "application/json".to_owned()));
            let mut token_sign_in = None;
            if let Way::Tokens { oauth, .. } = &self.way {
                let (token, sign_in) = oauth.bearer(door).await?;
                request.headers.push(("authorization".to_owned(), format!("Bearer {}", token.reveal())));
                request.headers.extend(self.branch.clone().map(|branch| ("px-cbapibranch".to_owned(), branch)));
                token_sign_in = Some(sign_in);
            }
            let mut open = self.open.lock().await;
            if let Way::Cookies { login, password } = &self.way
                && !open.signed_in
            {
                // Whoever comes meanwhile waits here for this one login.
                open.jar = self.log_in(door, login, password).await?;
                open.sign_in += 1;
            }
            open.signed_in = true;
            request.headers.extend(open.jar.header().map(|cookies| ("cookie".to_owned(), cookies)));
            Ok(token_sign_in.unwrap_or(open.sign_in))
        })
    }

    fn renew(&self, sign_in: u64) -> Later<'_, bool> {
        Box::pin(async move {
            let mut open = self.open.lock().await;
            match &self.way {
                Way::Cookies { .. } if open.sign_in == sign_in => *open = Open { sign_in, ..Open::default() },
                Way::Cookies { .. } => {}
                Way::Tokens { oauth, .. } => {
                    oauth.forget(sign_in).await;
                    open.jar = Jar::default();
                }
            }
            true
        })
    }

    fn hear<'a>(&'a self, door: &'a Door, response: &'a Response) -> Later<'a, ()> {
        Box::pin(async move {
            if response.header("set-cookie").is_none() || response.status == 401 {
                return;
            }
            let mut open = self.open.lock().await;
            if open.signed_in {
                open.jar.take_over(response).iter().for_each(|secret| door.hide(secret));
            }
        })
    }

    fn trouble(&self, door: &Door, call: &Call, response: &Response) -> ConnectorError {
        errors::trouble(door, call, response)
    }
}

impl Dialect for Threshold {
    fn sign<'a>(&'a self, _: &'a Door, _: &'a mut Request) -> Later<'a, Result<u64, ConnectorError>> {
        Box::pin(std::future::ready(Ok(0)))
    }

    fn renew(&self, _: u64) -> Later<'_, bool> {
        Box::pin(std::future::ready(false))
    }

    fn hear<'a>(&'a self, _: &'a Door, _: &'a Response) -> Later<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    /// At the login a 500 is a wrong password, an unknown tenant, or no free session slot (often an HTML page): the
    /// text tells, the status never.
    fn trouble(&self, door: &Door, call: &Call, response: &Response) -> ConnectorError {
        let mut ordinary = errors::trouble(door, call, response);
        let told = errors::fault(&response.body);
        let text = told.as_ref().map_or_else(|| excerpt(&response.body), |fault| fault.text.clone());
        let lower = text.to_ascii_lowercase();
        let page = told.is_none() && raw::value(&response.body).is_none();
        if !call.request.path().ends_with("/login") {
            return ordinary;
        }
        let full = response.status == 429 || page || lower.contains("limit") || lower.contains("concurrent");
        match response.status {
            429 | 500 if full => {
                let mut error = door.error(ErrorKind::Busy, &call.operation, format!("no API session is free: {}", shorten(&text)));
                error.retry_after = Some(SLOT_WAIT);
                error
            }
            400..=500 if response.status < 500 || told.is_some() => {
                ordinary.kind = ErrorKind::SignIn;
                ordinary.certain(Certainty::Refused)
            }
            _ => ordinary,
        }
    }
}
