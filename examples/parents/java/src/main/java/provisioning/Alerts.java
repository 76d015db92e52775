package provisioning;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Alerts a person. */
@ActivityInterface
public interface Alerts {
  @ActivityMethod(name = "alert")
  void alert(String message);
}
