//! The id of a routing decision, `rd_…`: it says what was decided and proves that it was decided here, so that nothing
//! need be stored until a run follows it.

use crate::auth::{self, MAC_BYTES, Signed};
use crate::context::Settings;
use crate::organization::OrganizationId;
use crate::tenant::{Change, Made};

const PREFIX: &str = "rd_";
const LIFE_BYTES: usize = 6;
const NUMBER_BYTES: usize = 4;
const DAY_BYTES: usize = 3;
const SAID_BYTES: usize = LIFE_BYTES + NUMBER_BYTES + DAY_BYTES + 1;

/// The id of a decision for `model`.
pub(super) fn id_of(
    made: &Made,
    model: &str,
    organization: &OrganizationId,
    settings: &Settings,
) -> Option<String> {
    let mut said = Vec::with_capacity(SAID_BYTES + MAC_BYTES);
    said.extend_from_slice(made.life.to_be_bytes().last_chunk::<LIFE_BYTES>()?);
    said.extend_from_slice(&made.number.to_be_bytes());
    let day = u32::try_from(made.day).ok()?.to_be_bytes();
    said.extend_from_slice(day.last_chunk::<DAY_BYTES>()?);
    said.push(match made.change {
        Change::None => 0,
        Change::QualityUpgrade => 1,
        Change::CostDowngrade => 2,
    });
    let mac = signed(&said, model, &organization.bytes()).mac(settings)?;
    said.extend_from_slice(&mac);
    Some(format!("{PREFIX}{}", auth::encode(&said)))
}

/// The decision of an id, if it was made here, for this organisation and one of `models`; and the id as it was given.
pub(super) fn proven(
    id: &str,
    models: &[&str],
    organization: &OrganizationId,
    settings: &Settings,
) -> Option<(Made, String)> {
    let bytes = auth::decode(id.strip_prefix(PREFIX)?)?;
    let (said, mac) = bytes.split_at_checked(SAID_BYTES)?;
    let organization = organization.bytes();
    let is_by_us = |model: &&str| signed(said, model, &organization).is_by(settings, mac);
    models.iter().find(|model| is_by_us(model))?;
    let (life, rest) = said.split_first_chunk::<LIFE_BYTES>()?;
    let (number, rest) = rest.split_first_chunk::<NUMBER_BYTES>()?;
    let (day, change) = rest.split_first_chunk::<DAY_BYTES>()?;
    let whole = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte))
    };
    let made = Made {
        life: whole(life),
        number: u32::from_be_bytes(*number),
        day: whole(day),
        change: match change {
            [1] => Change::QualityUpgrade,
            [2] => Change::CostDowngrade,
            _ => Change::None,
        },
    };
    // Base32 is read in any case; the id is one text all the same.
    Some((made, format!("{PREFIX}{}", auth::encode(&bytes))))
}

fn signed<'a>(said: &'a [u8], model: &'a str, organization: &'a [u8]) -> Signed<'a> {
    Signed {
        purpose: b"bearlumen.decision.v1\0",
        parts: [organization, said, model.as_bytes()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: Made = Made {
        life: (1 << 48) - 2,
        number: 70_000,
        day: 20_777,
        change: Change::CostDowngrade,
    };

    fn settings(secrets: &[u8]) -> Settings {
        let secrets = secrets.iter().map(|byte| vec![*byte; 32]).collect();
        Settings::new(secrets, None, Vec::new()).unwrap()
    }

    #[test]
    fn an_id_proves_what_was_decided_for_whom() {
        let (old, ours) = (settings(&[1]), OrganizationId::from_bytes([7; 8]));
        let id = id_of(&MADE, "gpt-5.4", &ours, &old).unwrap();
        let (made, text) = proven(&id, &["other", "gpt-5.4"], &ours, &old).unwrap();
        assert_eq!((made, &text), (MADE, &id));
        let shouted = format!("rd_{}", id[3..].to_uppercase());
        assert_eq!(proven(&shouted, &["gpt-5.4"], &ours, &old).unwrap().1, id);
        let rotated = settings(&[2, 1]);
        assert!(proven(&id, &["gpt-5.4"], &ours, &rotated).is_some());

        let theirs = OrganizationId::from_bytes([8; 8]);
        assert!(proven(&id, &["gpt-5.4"], &theirs, &old).is_none());
        assert!(proven(&id, &["gpt-5.4-mini"], &ours, &old).is_none());
        assert!(proven(&id, &["gpt-5.4"], &ours, &settings(&[2])).is_none());
    }

    #[test]
    fn one_changed_character_is_no_decision() {
        let (settings, ours) = (settings(&[1]), OrganizationId::from_bytes([7; 8]));
        let id = id_of(&MADE, "m", &ours, &settings).unwrap();
        for position in 3..id.len() {
            let mut forged = id.clone().into_bytes();
            forged[position] = if forged[position] == b'a' { b'b' } else { b'a' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(
                proven(&forged, &["m"], &ours, &settings).is_none(),
                "{forged}"
            );
        }
        for wrong in ["", "rd_", "rd_aaaa", &id[3..], &id[..id.len() - 1], "rd_é"] {
            assert!(proven(wrong, &["m"], &ours, &settings).is_none(), "{wrong}");
        }
    }
}
