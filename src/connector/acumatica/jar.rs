//! Which cookies does the session carry?

use std::collections::BTreeMap;

use crate::connector::secret::Secret;
use crate::connector::transport::Response;

/// Cookies that open the session to whoever has them.
const KEYS: [&str; 2] = [".ASPXAUTH", "ASP.NET_SessionId"];

/// The cookies of one session; they all belong to one host and path.
#[derive(Clone, Default)]
pub(super) struct Jar {
    cookies: BTreeMap<String, Secret>,
}

impl Jar {
    /// Takes over the cookies of an answer. A name may come twice in one answer: the later one counts. Gives back the
    /// secrets among those that are new.
    pub(super) fn take_over(&mut self, response: &Response) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for (_, header) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let mut parts = header.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.trim().split_once('=')) else { continue };
            if value.is_empty() || parts.any(|part| part.trim().eq_ignore_ascii_case("max-age=0")) {
                self.cookies.remove(name);
                continue;
            }
            let cookie = Secret::new(value);
            if KEYS.contains(&name) && self.cookies.get(name).is_none_or(|old| old.reveal() != value) {
                secrets.push(cookie.clone());
            }
            self.cookies.insert(name.to_owned(), cookie);
        }
        secrets
    }

    /// The whole jar as a `cookie` header; none when empty.
    pub(super) fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={}", value.reveal())).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Jar, Response};

    #[test]
    fn the_later_of_two_counts_and_an_empty_one_goes() {
        let set = |cookies: &[&str]| Response {
            status: 204,
            headers: cookies.iter().map(|cookie| ("set-cookie".to_owned(), (*cookie).to_owned())).collect(),
            body: Vec::new(),
        };
        let mut jar = Jar::default();
        assert_eq!(jar.header(), None);
        let answer = set(&[
            "ASP.NET_SessionId=one; path=/; HttpOnly",
            ".ASPXAUTH=; path=/",
            "Locale=Culture=en-US&TimeZone=GMTM0800A; secure",
            "ASP.NET_SessionId=two; path=/",
            "CompanyID=U",
            "UserBranch=1",
        ]);
        assert_eq!(jar.take_over(&answer).len(), 2);
        assert_eq!(jar.header().unwrap(), "ASP.NET_SessionId=two; CompanyID=U; Locale=Culture=en-US&TimeZone=GMTM0800A; UserBranch=1");
        assert!(jar.take_over(&set(&["UserBranch=; path=/", "CompanyID=x; Max-Age=0", "ASP.NET_SessionId=two"])).is_empty());
        assert_eq!(jar.header().unwrap(), "ASP.NET_SessionId=two; Locale=Culture=en-US&TimeZone=GMTM0800A");
    }
}
