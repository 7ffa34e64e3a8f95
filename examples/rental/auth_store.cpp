#include "examples/rental/auth_store.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace rental {

namespace {

// A `user` has the columns of `person`, in their order.
const fh::statement insert_user{
    "insert_user",
    "INSERT INTO person (name, email, email_verified) VALUES ($1, $2, $3) RETURNING *"};
const fh::statement of_id{"user_of_id", "SELECT * FROM person WHERE id = $1", fh::read_only};
const fh::statement of_email{"user_of_email", "SELECT * FROM person WHERE email = $1",
                             fh::read_only};
const fh::statement of_account{"user_of_account",
                               "SELECT p.* FROM person p JOIN account ON person_id = p.id "
                               "WHERE provider = $1 AND id_there = $2",
                               fh::read_only};
const fh::statement change_user{
    "change_user",
    "UPDATE person SET name = $2, email = $3, email_verified = $4 WHERE id = $1 RETURNING *",
    fh::idempotent};
const fh::statement drop_user{"drop_user", "DELETE FROM person WHERE id = $1"};

const fh::statement insert_account{
    "insert_account",
    "INSERT INTO account (provider, id_there, person_id, type) VALUES ($1, $2, $3, $4)"};
const fh::statement drop_account{"drop_account",
                                 "DELETE FROM account WHERE provider = $1 AND id_there = $2"};

const fh::statement insert_session{
    "insert_session", "INSERT INTO session (token_hash, person_id, expires) VALUES ($1, $2, $3)"};
const fh::statement session_with_user{
    "session_with_user",
    "SELECT p.*, expires FROM session JOIN person p ON p.id = person_id "
    "WHERE token_hash = $1 AND expires > now()",
    fh::read_only};
const fh::statement change_session{
    "change_session", "UPDATE session SET expires = $2 WHERE token_hash = $1", fh::idempotent};
const fh::statement drop_session{"drop_session", "DELETE FROM session WHERE token_hash = $1"};

const fh::statement insert_token{
    "insert_token",
    "INSERT INTO verification_token (identifier, token_hash, expires) VALUES ($1, $2, $3)"};
// Whoever comes second waits for the first to commit, and then finds nothing.
const fh::statement use_token{
    "use_token",
    "DELETE FROM verification_token WHERE identifier = $1 AND token_hash = $2 AND expires > now()"};
const fh::statement verified_user{
    "verified_user",
    "INSERT INTO person AS p (email, email_verified) VALUES ($1, now()) ON CONFLICT (email) "
    "DO UPDATE SET email_verified = coalesce(p.email_verified, now()) RETURNING id"};

} // namespace

std::string new_token() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1)
    throw std::runtime_error{"the system has no random numbers"};
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::string hash_of(std::string_view token) {
  std::array<unsigned char, 32> bytes{};
  if (EVP_Digest(token.data(), token.size(), bytes.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"SHA-256 is not available"};
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

user auth_store::create_user(const user& like) const {
  const auto made = db_.execute(insert_user, like.name, like.email, like.email_verified).get();
  return made.first<user>().value();
}

std::optional<user> auth_store::user_by_id(const fh::uuid& id) const {
  return db_.execute(of_id, id).get().first<user>();
}

std::optional<user> auth_store::user_by_email(const std::string& email) const {
  return db_.execute(of_email, email).get().first<user>();
}

std::optional<user> auth_store::user_by_account(const std::string& provider,
                                                const std::string& id_there) const {
  return db_.execute(of_account, provider, id_there).get().first<user>();
}

std::optional<user> auth_store::update_user(const user& to) const {
  return db_.execute(change_user, to.id, to.name, to.email, to.email_verified).get().first<user>();
}

bool auth_store::delete_user(const fh::uuid& id) const {
  return db_.execute(drop_user, id).get().affected_rows() == 1;
}

void auth_store::link_account(const account& with) const {
  db_.execute(insert_account, with.provider, with.id_there, with.user_id, with.type).get();
}

bool auth_store::unlink_account(const std::string& provider, const std::string& id_there) const {
  return db_.execute(drop_account, provider, id_there).get().affected_rows() == 1;
}

void auth_store::create_session(const std::string& token, const fh::uuid& of,
                                time_point expires) const {
  db_.execute(insert_session, hash_of(token), of, expires).get();
}

std::optional<signed_in> auth_store::session_and_user(const std::string& token) const {
  const auto found = db_.execute(session_with_user, hash_of(token)).get().first<user, time_point>();
  if (!found)
    return std::nullopt;
  return signed_in{std::get<user>(*found), std::get<time_point>(*found)};
}

bool auth_store::update_session(const std::string& token, time_point expires) const {
  return db_.execute(change_session, hash_of(token), expires).get().affected_rows() == 1;
}

bool auth_store::delete_session(const std::string& token) const {
  return db_.execute(drop_session, hash_of(token)).get().affected_rows() == 1;
}

void auth_store::create_verification_token(const std::string& identifier, const std::string& token,
                                           time_point expires) const {
  db_.execute(insert_token, identifier, hash_of(token), expires).get();
}

bool auth_store::use_verification_token(const std::string& identifier,
                                        const std::string& token) const {
  return db_.execute(use_token, identifier, hash_of(token)).get().affected_rows() == 1;
}

bool auth_store::sign_in(const std::string& email, const std::string& token,
                         const std::string& session_token, time_point expires) const {
  const auto body = [=](fh::transaction& tx) {
    if (tx.execute(use_token, email, hash_of(token)).affected_rows() == 0)
      return false;
    const auto id = tx.execute(verified_user, email).scalar<fh::uuid>();
    tx.execute(insert_session, hash_of(session_token), id, expires);
    return true;
  };
  return db_.transact(body).get();
}

} // namespace rental
