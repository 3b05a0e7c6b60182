"""Files of saved predictions of any size, and the memory and time that comparing them takes."""
