package provisioning;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Call your pager here. */
public final class Pager implements Alerts {
  private static final Logger LOG = LoggerFactory.getLogger(Pager.class);

  @Override
  public void alert(String message) {
    LOG.warn(message);
  }
}
