// src/service/unfilled.h
//
// What the tasks have in common that fill an image.
#pragma once

#include <string>

#include "platter/access/access.h"
#include "platter/image/catalogue.h"
#include "platter/service/uploads.h"
#include "platter/task/tasks.h"

namespace platter::service {

// A task of that kind about the image, as the caller asks for it.
task::Task task_about(const image::Record& record, const access::Caller& caller,
                      const std::string& kind);

// Throws Errc::busy when the image has a task that is not over.
void check_no_task(const task::Tasks& tasks, const image::Record& record);

// Nothing came of filling it: the image has no data, and its status_reason says
// `why`. No-op when it has its data, is in the trash, or gone.
void leave_unfilled(image::Catalogue& catalogue, Uploads& uploads,
                    image::Number number, const std::string& why);

}  // namespace platter::service
