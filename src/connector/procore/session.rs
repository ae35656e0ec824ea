//! Which headers does Procore want, and where does the token come from?

use std::sync::Arc;

use tokio::sync::Mutex;

use super::errors;
use crate::connector::clock::Later;
use crate::connector::door::{Call, Dialect, Door};
use crate::connector::error::ConnectorError;
use crate::connector::oauth::{Current, Grant, OAuth};
use crate::connector::settings::{ProcoreGrant, ProcoreSettings};
use crate::connector::tokens::TokenStore;
use crate::connector::transport::{Request, Response};
use crate::schema::System;

/// A service account or a person, in one company.
pub(super) struct Session {
    oauth: OAuth,
    company_id: String,
}

impl Session {
    pub(super) fn new(settings: &ProcoreSettings, store: Arc<dyn TokenStore>) -> Result<Self, ConnectorError> {
        let grant = match &settings.grant {
            ProcoreGrant::ClientCredentials => Grant::ClientCredentials,
            ProcoreGrant::RefreshToken(first) => Grant::Refresh(first.read(System::Procore)?),
        };
        let oauth = OAuth {
            url: format!("{}/oauth/token", settings.login_url.trim_end_matches('/')),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.read(System::Procore)?,
            scope: None,
            grant,
            store,
            reasons: errors::reasons,
            current: Mutex::new(Current::default()),
        };
        Ok(Self { oauth, company_id: settings.company_id.clone() })
    }

    pub(super) async fn forget(&self) {
        self.oauth.take().await;
    }
}

impl Dialect for Session {
    fn sign<'a>(&'a self, door: &'a Door, request: &'a mut Request) -> Later<'a, Result<u64, ConnectorError>> {
        Box::pin(async move {
            let (token, sign_in) = self.oauth.bearer(door).await?;
            request.headers.push(("authorization".to_owned(), format!("Bearer {}", token.reveal())));
            // Routes the call to the company's region; wanted beside the id in path, query or body (BR-82).
            request.headers.push(("procore-company-id".to_owned(), self.company_id.clone()));
            request.headers.push(("accept".to_owned(), "application/json".to_owned()));
            Ok(sign_in)
        })
    }

    fn renew(&self, sign_in: u64) -> Later<'_, bool> {
        Box::pin(async move {
            self.oauth.forget(sign_in).await;
            true
        })
    }

    fn hear<'a>(&'a self, _: &'a Door, _: &'a Response) -> Later<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn trouble(&self, door: &Door, call: &Call, response: &Response) -> ConnectorError {
        errors::trouble(door, call, response)
    }
}
