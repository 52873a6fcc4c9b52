//! Ids that need no look-up: an event's id follows from its idempotency key.

use super::{DimensionValue, UsageEvent};
use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// The 128 bits of an event's id.
pub type EventUuid = u128;

/// A UUID made from the idempotency key, so that the SDK that tracks an event and every shard that may store it name it
/// alike.
pub fn event_uuid(idempotency_key: &str) -> EventUuid {
    let mut hasher = Sha256::new();
    hasher.update(b"bearlumen.event.v1\0");
    hasher.update(idempotency_key.as_bytes());
    uuid(hasher.finalize().into())
}

/// [`event_uuid`] as it is shown.
pub fn event_id(idempotency_key: &str) -> String {
    event_id_text(event_uuid(idempotency_key))
}

/// An id for an event without a key, from fresh entropy and its position in the request.
pub fn random_event_uuid(entropy: &[u8; 32], position: u64) -> EventUuid {
    let mut hasher = Sha256::new();
    hasher.update(b"bearlumen.event.random.v1\0");
    hasher.update(entropy);
    hasher.update(position.to_be_bytes());
    uuid(hasher.finalize().into())
}

/// A key for an event whose caller gave none, from 128 random bits.
pub fn idempotency_key(entropy: [u8; 16]) -> String {
    let mut key = String::with_capacity(36);
    key.push_str("trk_");
    push_hex(&mut key, &entropy);
    key
}

fn uuid(hash: [u8; 32]) -> EventUuid {
    let mut bytes = [0_u8; 16];
    for (byte, from) in bytes.iter_mut().zip(hash) {
        *byte = from;
    }
    // RFC 9562 version 8: the bits are ours.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    u128::from_be_bytes(bytes)
}

/// `evt_` and the UUID.
pub fn event_id_text(id: EventUuid) -> String {
    let mut text = String::with_capacity(40);
    text.push_str("evt_");
    let bytes = id.to_be_bytes();
    let mut rest = bytes.as_slice();
    for length in [4, 2, 2, 2, 6] {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        if rest.len() < bytes.len() {
            text.push('-');
        }
        push_hex(&mut text, part);
        rest = after;
    }
    text
}

/// Appends the 32 hexadecimal digits of an id.
pub fn push_event_hex(text: &mut String, id: EventUuid) {
    push_hex(text, &id.to_be_bytes());
}

/// Appends the digits of at most 16 bytes.
fn push_hex(text: &mut String, bytes: &[u8]) {
    text.push_str(base16ct::lower::encode_str(bytes, &mut [0; 32]).unwrap_or_default());
}

/// A 64-bit digest of everything an event says beside its key and the service's clock: two events with one
/// key are a repetition when it agrees and a conflict when it does not.
///
/// `SipHash` with a fixed key: it compares what one sender sent twice, and is stored, so it never changes.
pub fn content_hash(event: &UsageEvent) -> i64 {
    // In one piece: the hash is made for few long writes.
    let mut said = Vec::with_capacity(512);
    let mut part = |text: Option<&str>| {
        // A length before each part, so that no two different events read alike.
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        said.extend_from_slice(&length.to_le_bytes());
        said.extend_from_slice(text.unwrap_or_default().as_bytes());
    };
    part(Some(&event.event_type));
    part(Some(&event.metric_name));
    let who = &event.attribution;
    for text in [
        &who.user_id,
        &who.subscription_id,
        &who.feature,
        &who.agent_id,
        &who.workflow_id,
        &who.session_id,
        &who.session_type,
        &event.provider,
        &event.model,
        &event.metadata,
    ] {
        part(text.as_deref());
    }
    for (bucket, _) in event.usage.iter() {
        part(Some(bucket.id()));
    }
    part(None);
    for (name, value) in &event.modifiers {
        part(Some(name));
        part(Some(value));
    }
    part(None);
    for (name, value) in &event.dimensions {
        part(Some(name));
        match value {
            DimensionValue::Text(text) => part(Some(text)),
            DimensionValue::Number(_) => part(None),
        }
    }
    part(Some(if event.incomplete { "incomplete" } else { "" }));
    let mut number = |number: Option<u64>| {
        said.push(u8::from(number.is_some()));
        said.extend_from_slice(&number.unwrap_or_default().to_le_bytes());
    };
    number(Some(event.quantity.micros()));
    number(event.timestamp_ms.map(i64::cast_unsigned));
    number(event.reported_cost.map(|cost| cost.get().cast_unsigned()));
    for (_, quantity) in event.usage.iter() {
        number(Some(quantity.micros()));
    }
    for (_, value) in &event.dimensions {
        if let DimensionValue::Number(value) = value {
            number(Some(value.to_bits()));
        }
    }
    let mut hasher = SipHasher13::new_with_keys(0x6265_6172_6c75_6d65, 2);
    hasher.write(&said);
    hasher.finish().cast_signed()
}

/// The digest that the first version of the service stored for [`content_hash`].
pub fn first_content_hash(event: &UsageEvent) -> i64 {
    let mut hasher = Sha256::new();
    let mut part = |text: Option<&str>| {
        // A length before each part, so that no two different events read alike.
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        hasher.update(length.to_be_bytes());
        hasher.update(text.unwrap_or_default().as_bytes());
    };
    part(Some(&event.event_type));
    part(Some(&event.metric_name));
    part(Some(&event.quantity.micros().to_string()));
    part(event.timestamp_ms.map(|ms| ms.to_string()).as_deref());
    let who = &event.attribution;
    for text in [
        &who.user_id,
        &who.subscription_id,
        &who.feature,
        &who.agent_id,
        &who.workflow_id,
        &who.session_id,
        &who.session_type,
        &event.provider,
        &event.model,
        &event.metadata,
    ] {
        part(text.as_deref());
    }
    for (bucket, quantity) in event.usage.iter() {
        part(Some(bucket.id()));
        part(Some(&quantity.micros().to_string()));
    }
    part(None);
    for (name, value) in &event.modifiers {
        part(Some(name));
        part(Some(value));
    }
    part(
        event
            .reported_cost
            .map(|cost| cost.get().to_string())
            .as_deref(),
    );
    for (name, value) in &event.dimensions {
        part(Some(name));
        match value {
            DimensionValue::Text(text) => part(Some(text)),
            DimensionValue::Number(number) => part(Some(&number.to_bits().to_string())),
        }
    }
    part(Some(if event.incomplete { "incomplete" } else { "" }));
    let digest: [u8; 32] = hasher.finalize().into();
    let mut first = [0_u8; 8];
    for (byte, from) in first.iter_mut().zip(digest) {
        *byte = from;
    }
    i64::from_be_bytes(first)
}
