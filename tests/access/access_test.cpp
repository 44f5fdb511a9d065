// tests/access/access_test.cpp: who may do what, told from uid and gid.
#include "platter/access/access.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "registry.h"
#include "support/errors.h"

namespace platter::access {
namespace {

using image::Record;
using image::Status;
using image::Visibility;
using test::says;
namespace data = boost::unit_test::data;

// None of these has a process, so that no group is asked of the kernel.
constexpr Caller kRoot{0, 0, 0};
constexpr Caller kOwner{2001, 2001, 0};  // of the store
constexpr Caller kAdmin{2002, 3000, 0};
constexpr Caller kMember{2003, 3001, 0};    // of p, which owns the images
constexpr Caller kOther{2004, 3002, 0};     // of q, which they are shared with
constexpr Caller kThird{2006, 3003, 0};     // of r
constexpr Caller kStranger{2005, 2005, 0};  // of no project

constexpr Caller kAdmins[] = {kRoot, kOwner, kAdmin};
constexpr Caller kOutsiders[] = {kOther, kThird, kStranger};
struct State {
  Status status;
};
std::ostream& operator<<(std::ostream& out, const State& state) {
  return out << name_of(state.status);
}
constexpr State kStates[] = {{Status::queued},      {Status::saving},
                             {Status::active},      {Status::deactivated},
                             {Status::interrupted}, {Status::error}};
constexpr Visibility kVisibilities[] = {
    Visibility::private_, Visibility::shared, Visibility::community,
    Visibility::public_};

Policy policy() {
  Policy policy;
  policy.owner = 2001;
  policy.admin_group = 3000;
  policy.project_groups = {{"p", 3001}, {"q", 3002}, {"r", 3003}};
  return policy;
}

const image::Projects& projects() {
  static const test::Registry registry({"p", "q", "r"});
  return registry.projects;
}

const Access& rules() {
  static const Access access(policy(), projects());
  return access;
}

Record image_of_p(Visibility visibility, const std::string& answer_of_q = "") {
  Record record;
  record.project = "p";
  record.name = "debian";
  record.status = Status::active;
  record.visibility = visibility;
  if (!answer_of_q.empty()) record.members["q"] = answer_of_q;
  return record;
}

enum class Answer { yes, hidden, denied, forbidden };

std::ostream& operator<<(std::ostream& out, Answer answer) {
  constexpr const char* kNames[] = {"yes", "hidden", "denied", "forbidden"};
  return out << kNames[static_cast<int>(answer)];
}

template <typename Check>
Answer answer_of(Check check) {
  try {
    check();
    return Answer::yes;
  } catch (const Error& error) {
    BOOST_TEST(std::string(error.what()).size() > 10u);
    switch (error.code()) {
      case Errc::not_found:
        return Answer::hidden;
      case Errc::denied:
        return Answer::denied;
      case Errc::forbidden:
        return Answer::forbidden;
      default:
        throw;
    }
  }
}

Answer ask(const Access& access, const Caller& caller, const Record& image,
           Act act) {
  return answer_of([&] { access.check(caller, image, act); });
}
Answer ask_via(const Caller& caller, const Record& image,
               const std::string& via, Act act) {
  return answer_of([&] { rules().check_via(caller, image, via, act); });
}

BOOST_AUTO_TEST_SUITE(access_rules)

BOOST_AUTO_TEST_CASE(roles_follow_from_uid_and_group) {
  const auto role = [](const Caller& caller, const std::string& project) {
    return rules().role_in(caller, project);
  };
  for (const Caller& admin : kAdmins) {
    BOOST_TEST(rules().is_admin(admin));
    for (const std::string project : {"p", "q", "unknown"}) {
      BOOST_CHECK(role(admin, project) == Role::admin);
    }
  }
  BOOST_CHECK(role(kMember, "p") == Role::member);
  BOOST_CHECK(role(kMember, "q") == Role::none);
  BOOST_CHECK(role(kMember, "unknown") == Role::none);
  BOOST_CHECK(role(kOther, "q") == Role::member);
  BOOST_CHECK(role(kStranger, "p") == Role::none);
  BOOST_TEST(!rules().is_admin(kMember));
}

BOOST_AUTO_TEST_CASE(without_an_admin_group_nobody_is_in_it) {
  Policy none = policy();
  none.admin_group.reset();
  const Access access(none, projects());
  BOOST_TEST(!access.is_admin(kAdmin));
  BOOST_TEST(!access.is_admin({2005, 0, 0}));  // root's group is not root
}

// What a project sees of another's image, by visibility and its own answer.
struct Seen {
  Visibility visibility;
  const char* answer;
  Sight sight;
  Answer see;
  Answer read;
};
std::ostream& operator<<(std::ostream& out, const Seen& row) {
  return out << name_of(row.visibility) << " " << row.answer;
}
constexpr Seen kSeen[] = {
    {Visibility::private_, "", Sight::nothing, Answer::hidden, Answer::hidden},
    // Without effect until the image is shared again.
    {Visibility::private_, "pending", Sight::nothing, Answer::hidden,
     Answer::hidden},
    {Visibility::private_, "accepted", Sight::nothing, Answer::hidden,
     Answer::hidden},
    {Visibility::shared, "", Sight::nothing, Answer::hidden, Answer::hidden},
    {Visibility::shared, "pending", Sight::offered, Answer::yes,
     Answer::denied},
    {Visibility::shared, "accepted", Sight::whole, Answer::yes, Answer::yes},
    {Visibility::shared, "rejected", Sight::nothing, Answer::hidden,
     Answer::hidden},
    {Visibility::community, "", Sight::whole, Answer::yes, Answer::yes},
    {Visibility::community, "pending", Sight::whole, Answer::yes, Answer::yes},
    {Visibility::community, "rejected", Sight::whole, Answer::yes, Answer::yes},
    {Visibility::public_, "", Sight::whole, Answer::yes, Answer::yes},
    {Visibility::public_, "pending", Sight::whole, Answer::yes, Answer::yes},
    {Visibility::public_, "rejected", Sight::whole, Answer::yes, Answer::yes},
};

BOOST_DATA_TEST_CASE(visibility_says_what_other_projects_see, data::make(kSeen),
                     row) {
  const Record image = image_of_p(row.visibility, row.answer);
  BOOST_CHECK(sight_of(image, "q") == row.sight);
  BOOST_TEST(ask_via(kOther, image, "q", Act::see) == row.see);
  BOOST_TEST(ask_via(kOther, image, "q", Act::read) == row.read);
  for (const Caller& admin : kAdmins) {
    BOOST_TEST(ask_via(admin, image, "q", Act::see) == row.see);
  }
  // Through a catalogue that is not theirs nobody sees anything.
  for (const Caller& caller : {kMember, kThird, kStranger}) {
    BOOST_TEST(ask_via(caller, image, "q", Act::see) == Answer::hidden);
    BOOST_TEST(ask_via(caller, image, "q", Act::read) == Answer::hidden);
  }
  // What q answered says nothing of r.
  const bool for_all = row.visibility == Visibility::community ||
                       row.visibility == Visibility::public_;
  const Answer third = for_all ? Answer::yes : Answer::hidden;
  BOOST_TEST(ask_via(kThird, image, "r", Act::see) == third);
  BOOST_TEST(ask_via(kThird, image, "r", Act::read) == third);
}

BOOST_DATA_TEST_CASE(through_a_catalogue_nothing_is_changed, data::make(kSeen),
                     row) {
  const Record image = image_of_p(row.visibility, row.answer);
  const Answer expected =
      row.see == Answer::yes ? Answer::forbidden : Answer::hidden;
  for (const Act act :
       {Act::change, Act::publicize, Act::communitize, Act::deactivate}) {
    BOOST_TEST(ask_via(kOther, image, "q", act) == expected);
    BOOST_TEST(ask_via(kRoot, image, "q", act) == expected);
  }
}

BOOST_DATA_TEST_CASE(only_images_with_data_are_in_catalogues,
                     data::make(kStates), state) {
  Record image = image_of_p(Visibility::public_);
  image.status = state.status;
  const bool has_data =
      state.status == Status::active || state.status == Status::deactivated;
  const Answer expected = has_data ? Answer::yes : Answer::hidden;
  BOOST_TEST(ask_via(kOther, image, "q", Act::see) == expected);
  image.place = image::Place::trash;
  BOOST_TEST(ask_via(kOther, image, "q", Act::see) == Answer::hidden);
  BOOST_TEST(ask_via(kRoot, image, "q", Act::see) == Answer::hidden);
}

BOOST_AUTO_TEST_CASE(an_owner_sees_its_own_in_its_catalogue_as_all_do) {
  const auto see = [](const Record& image) {
    return ask_via(kMember, image, "p", Act::see);
  };
  BOOST_TEST(see(image_of_p(Visibility::public_)) == Answer::yes);
  BOOST_TEST(see(image_of_p(Visibility::community)) == Answer::yes);
  BOOST_TEST(see(image_of_p(Visibility::private_)) == Answer::hidden);
  Record own = image_of_p(Visibility::shared);
  own.members["p"] = "accepted";
  BOOST_TEST(see(own) == Answer::hidden);
}

// What a member does with the project's own images, by the switch of the
// policy that says so.
struct Own {
  Act act;
  Who Policy::*by;  // nullptr: no switch
  Who who;
  Answer member;
  const char* sentence;  // of a refusal
};
std::ostream& operator<<(std::ostream& out, const Own& row) {
  return out << "act " << static_cast<int>(row.act) << " by "
             << (row.who == Who::admin ? "admin" : "member");
}
constexpr Own kOwn[] = {
    {Act::see, nullptr, Who::member, Answer::yes, ""},
    {Act::read, nullptr, Who::member, Answer::yes, ""},
    {Act::change, nullptr, Who::member, Answer::yes, ""},
    {Act::publicize, &Policy::publicize, Who::admin, Answer::forbidden,
     "public"},
    {Act::publicize, &Policy::publicize, Who::member, Answer::yes, ""},
    {Act::communitize, &Policy::communitize, Who::admin, Answer::forbidden,
     "community"},
    {Act::communitize, &Policy::communitize, Who::member, Answer::yes, ""},
    {Act::deactivate, &Policy::deactivate, Who::admin, Answer::forbidden,
     "deactivating"},
    {Act::deactivate, &Policy::deactivate, Who::member, Answer::yes, ""},
};

BOOST_DATA_TEST_CASE(the_policy_says_what_members_do, data::make(kOwn), row) {
  Policy switched = policy();
  if (row.by) switched.*row.by = row.who;
  const Access access(switched, projects());
  for (const Visibility visibility : kVisibilities) {
    const Record image = image_of_p(visibility, "accepted");
    BOOST_TEST(ask(access, kMember, image, row.act) == row.member);
    for (const Caller& admin : kAdmins) {
      BOOST_TEST(ask(access, admin, image, row.act) == Answer::yes);
    }
    // By this side others do not know of it, whatever they are shown by the
    // catalogue.
    for (const Caller& caller : kOutsiders) {
      BOOST_TEST(ask(access, caller, image, row.act) == Answer::hidden);
    }
  }
  if (row.member == Answer::yes) return;
  BOOST_CHECK_EXCEPTION(
      access.check(kMember, image_of_p(Visibility::private_), row.act), Error,
      says(Errc::forbidden, row.sentence));
}

BOOST_AUTO_TEST_CASE(by_default_the_policy_is_the_careful_one) {
  const Policy initial;
  BOOST_CHECK(initial.publicize == Who::admin);
  BOOST_CHECK(initial.communitize == Who::admin);
  BOOST_CHECK(initial.deactivate == Who::admin);
  BOOST_CHECK(initial.accept == Who::member);
  BOOST_CHECK(initial.default_visibility == Visibility::private_);
}

BOOST_DATA_TEST_CASE(own_images_are_used_in_every_state, data::make(kStates),
                     state) {
  Record image = image_of_p(Visibility::private_);
  image.status = state.status;
  for (const image::Place place : {image::Place::images, image::Place::trash}) {
    image.place = place;
    for (const Act act : {Act::see, Act::change}) {
      BOOST_TEST(ask(rules(), kMember, image, act) == Answer::yes);
      BOOST_TEST(ask(rules(), kOther, image, act) == Answer::hidden);
    }
  }
}

BOOST_AUTO_TEST_CASE(deactivated_data_is_for_administrators) {
  for (const Visibility visibility : kVisibilities) {
    Record image = image_of_p(visibility, "accepted");
    image.status = Status::deactivated;
    BOOST_TEST(ask(rules(), kMember, image, Act::see) == Answer::yes);
    BOOST_TEST(ask(rules(), kMember, image, Act::read) == Answer::denied);
    BOOST_TEST(ask(rules(), kAdmin, image, Act::read) == Answer::yes);
    BOOST_TEST(ask(rules(), kOther, image, Act::read) == Answer::hidden);
    if (visibility == Visibility::private_) continue;
    BOOST_TEST(ask_via(kOther, image, "q", Act::see) == Answer::yes);
    BOOST_TEST(ask_via(kOther, image, "q", Act::read) == Answer::denied);
    BOOST_TEST(ask_via(kAdmin, image, "q", Act::read) == Answer::yes);
  }
}

BOOST_AUTO_TEST_CASE(refusals_say_what_to_do) {
  Record image = image_of_p(Visibility::shared, "pending");
  BOOST_CHECK_EXCEPTION(rules().check(kStranger, image, Act::see), Error,
                        says(Errc::not_found, "there is no image \"debian\""));
  BOOST_CHECK_EXCEPTION(rules().check_via(kOther, image, "q", Act::read), Error,
                        says(Errc::denied, "catalog/shared"));
  BOOST_CHECK_EXCEPTION(rules().check_via(kOther, image, "q", Act::change),
                        Error, says(Errc::forbidden, "project \"p\""));
  image.status = Status::deactivated;
  BOOST_CHECK_EXCEPTION(rules().check(kMember, image, Act::read), Error,
                        says(Errc::denied, "user.status"));
}

// Adding images: members of the project alone.
struct Adding {
  Caller caller;
  const char* project;
  Answer answer;
};
std::ostream& operator<<(std::ostream& out, const Adding& row) {
  return out << "uid " << row.caller.uid << " to " << row.project;
}
constexpr Adding kAdding[] = {
    {kRoot, "p", Answer::yes},        {kOwner, "p", Answer::yes},
    {kAdmin, "q", Answer::yes},       {kMember, "p", Answer::yes},
    {kMember, "q", Answer::denied},   {kOther, "p", Answer::denied},
    {kStranger, "p", Answer::denied}, {kMember, "unknown", Answer::denied},
};
BOOST_DATA_TEST_CASE(members_add_images_to_their_own_project,
                     data::make(kAdding), row) {
  const std::string project = row.project;
  BOOST_TEST(answer_of([&] { rules().check_add(row.caller, project); }) ==
             row.answer);
  if (row.answer == Answer::yes) return;
  BOOST_CHECK_EXCEPTION(rules().check_add(row.caller, project), Error,
                        says(Errc::denied, "\"" + project + "\""));
}

// Answering offers to project q: never their owner, who is of p.
struct Answering {
  Caller caller;
  Who accept;
  Answer answer;
};
std::ostream& operator<<(std::ostream& out, const Answering& row) {
  return out << "uid " << row.caller.uid << " by "
             << (row.accept == Who::admin ? "admin" : "member");
}
constexpr Answering kAnswering[] = {
    {kRoot, Who::member, Answer::yes},
    {kAdmin, Who::member, Answer::yes},
    {kOther, Who::member, Answer::yes},
    {kMember, Who::member, Answer::denied},
    {kThird, Who::member, Answer::denied},
    {kStranger, Who::member, Answer::denied},
    {kRoot, Who::admin, Answer::yes},
    {kOwner, Who::admin, Answer::yes},
    {kAdmin, Who::admin, Answer::yes},
    {kOther, Who::admin, Answer::denied},
    {kMember, Who::admin, Answer::denied},
};
BOOST_DATA_TEST_CASE(offers_are_answered_by_those_they_are_made_to,
                     data::make(kAnswering), row) {
  Policy switched = policy();
  switched.accept = row.accept;
  const Access access(switched, projects());
  BOOST_TEST(answer_of([&] { access.check_answer(row.caller, "q"); }) ==
             row.answer);
}

BOOST_AUTO_TEST_CASE(some_acts_are_for_administrators) {
  rules().check_admin(kOwner, "making an image public");
  BOOST_CHECK_EXCEPTION(rules().check_admin(kMember, "making an image public"),
                        Error, says(Errc::forbidden, "making an image public"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::access
