// Who people are and how long they stay signed in: what NextAuth.js asks of an adapter.
#pragma once

#include <freehold/database.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rental {

namespace fh = freehold;
using time_point = std::chrono::sys_time<std::chrono::microseconds>;

struct user {
  fh::uuid id;
  std::optional<std::string> name;
  std::string email; ///< as `normal_email` gives it; one user has it
  std::optional<time_point> email_verified;
};

/// How a user signs in elsewhere.
struct account {
  std::string provider;
  std::string id_there; ///< once for each provider
  fh::uuid user_id;
  std::string type; ///< "oauth", "email", …
};

/// A session and whose it is.
struct signed_in {
  user who;
  time_point expires;
};

/// A secret that stands for a person, in a cookie or the link of a mail: 64 hexadecimal digits.
[[nodiscard]] std::string new_token();
/// What is kept of a token: its SHA-256, in hexadecimal.
[[nodiscard]] std::string hash_of(std::string_view token);

/// Any thread may call any of it; each waits for the database. Tokens are given and taken as the
/// visitor has them and kept as hashes. Throws `freehold::failure`; a unique value that is there
/// already is `server_error` with SQLSTATE 23505.
class auth_store {
public:
  explicit auth_store(fh::database db) : db_{std::move(db)} {}

  /// `like.id` is not looked at: the database makes it.
  [[nodiscard]] user create_user(const user& like) const;
  [[nodiscard]] std::optional<user> user_by_id(const fh::uuid& id) const;
  [[nodiscard]] std::optional<user> user_by_email(const std::string& email) const;
  [[nodiscard]] std::optional<user> user_by_account(const std::string& provider,
                                                    const std::string& id_there) const;
  /// All of it but the id, which says whose. Nothing if there is no such user.
  [[nodiscard]] std::optional<user> update_user(const user& to) const;
  /// With accounts, sessions and enquiries. False if there was none.
  bool delete_user(const fh::uuid& id) const;

  void link_account(const account& with) const;
  bool unlink_account(const std::string& provider, const std::string& id_there) const;

  void create_session(const std::string& token, const fh::uuid& of, time_point expires) const;
  /// Nothing when the token is unknown or the session is over.
  [[nodiscard]] std::optional<signed_in> session_and_user(const std::string& token) const;
  bool update_session(const std::string& token, time_point expires) const;
  bool delete_session(const std::string& token) const;

  void create_verification_token(const std::string& identifier, const std::string& token,
                                 time_point expires) const;
  /// True for exactly one caller, and not after the token expired.
  bool use_verification_token(const std::string& identifier, const std::string& token) const;

  /// Uses the token and begins a session of the user with that address, who is created if there is
  /// none: all of it or nothing. False when the token cannot be used.
  bool sign_in(const std::string& email, const std::string& token, const std::string& session_token,
               time_point expires) const;

private:
  fh::database db_;
};

} // namespace rental
